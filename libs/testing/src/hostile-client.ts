import { createConnection, type Socket } from 'node:net';
import { type HostileFrames } from './hostile-frames.js';

export interface HostileClientOptions {
  port: number;
  path: string;
  protocol: string;
  /** Returns the next frames to send. */
  next: () => HostileFrames;
}

/** Sends malformed frames to a WebSocket server, and reconnects whenever it is disconnected. */
export class HostileClient {
  /** Frames sent so far. */
  frames = 0;
  /** Number of successful connections. */
  entries = 0;
  private socket: Socket | undefined;
  private isIn = false;
  private isClosed = false;

  constructor(private readonly options: HostileClientOptions) {
    this.connect();
  }

  /** Sends the next frames, unless it is not connected or its socket's buffer is full. */
  attack(): void {
    const { socket } = this;
    if (this.isIn && socket !== undefined && !socket.writableNeedDrain) {
      const { bytes, frames } = this.options.next();
      socket.write(bytes);
      this.frames += frames;
    }
  }

  close(): void {
    this.isClosed = true;
    this.socket?.destroy();
  }

  private connect(): void {
    const { port, path, protocol } = this.options;
    this.isIn = false;
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
          `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
      );
    });
    this.socket = socket;
    socket.once('data', () => {
      this.isIn = true;
      this.entries++;
    });
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isIn = false;
      if (!this.isClosed) {
        setTimeout(() => {
          if (!this.isClosed) {
            this.connect();
          }
        }, 20);
      }
    });
  }
}
