import { WebSocket } from 'ws';

export interface SocketHooks {
  onOpen: () => void;
  onMessage: (text: string) => void;
  onLost: () => void;
}

const openTimeoutMs = 4000;
const minDelayMs = 50;
const maxDelayMs = 500;

/** A socket that reconnects, to the next address, whenever it closes. */
export class ReconnectingSocket {
  private socket: WebSocket | undefined;
  private isClosed = false;
  private attempts = 0;

  constructor(
    private readonly urls: string[],
    private readonly protocol: string | undefined,
    private readonly hooks: SocketHooks,
    private place: number,
  ) {
    this.connect();
  }

  send(text: string): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.socket.send(text);
    return true;
  }

  /** Abandons this connection; the next one follows. */
  drop(): void {
    this.socket?.terminate();
  }

  close(): void {
    this.isClosed = true;
    this.socket?.terminate();
  }

  private connect(): void {
    const url = this.urls[this.place++ % this.urls.length]!;
    const socket = new WebSocket(url, this.protocol, { handshakeTimeout: openTimeoutMs });
    this.socket = socket;
    socket.on('open', () => {
      this.attempts = 0;
      this.hooks.onOpen();
    });
    socket.on('message', (data) => this.hooks.onMessage(String(data)));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.isClosed) {
        return;
      }
      this.hooks.onLost();
      const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** this.attempts++) * (0.5 + Math.random());
      setTimeout(() => {
        if (!this.isClosed) {
          this.connect();
        }
      }, delayMs);
    });
  }
}
