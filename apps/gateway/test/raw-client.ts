import { clientSocketPath, clientSubprotocol } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';
import { appId } from './fake-cluster.js';

export interface Frame {
  id?: number | null;
  result?: Record<string, unknown>;
  error?: { code: number; name: string; details?: Record<string, unknown>; correlationId?: string };
  event?: string;
  data?: Record<string, unknown>;
}

/** A client that sends any text, well formed or not. */
export class RawClient {
  readonly frames: Frame[] = [];
  closeCode: number | undefined;
  closeReason: string | undefined;
  private nextId = 1;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as Frame));
    socket.on('close', (code, reason) => {
      this.closeCode = code;
      this.closeReason = String(reason);
    });
    socket.on('error', () => {});
  }

  static async open(port: number, headers: Record<string, string> = {}): Promise<RawClient> {
    const url = `ws://127.0.0.1:${port}${clientSocketPath}`;
    const socket = new WebSocket(url, clientSubprotocol, { headers });
    const client = new RawClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Sends a request and returns the response. */
  async ask(method: string, params: unknown): Promise<Frame> {
    const id = this.nextId;
    this.nextId += 1;
    this.socket.send(JSON.stringify({ id, method, params }));
    return this.answer(id);
  }

  /** Rejects at once if the socket closes without the response. */
  async answer(id: number): Promise<Frame> {
    const find = (): Frame | undefined => this.frames.find((frame) => frame.id === id);
    await waitFor(() => find() !== undefined || this.closeCode !== undefined, {
      timeoutMs: 15_000,
      describe: `the response to ${id}`,
      intervalMs: 5,
    });
    const frame = find();
    if (frame === undefined) {
      throw new Error(`the socket closed with ${this.closeCode} before the response to ${id}`);
    }
    return frame;
  }

  login(roomId: string, userId: string, more: Record<string, unknown> = {}): Promise<Frame> {
    return this.ask('room.login', {
      appId,
      appSign: 'x',
      mode: 'multi',
      roomId,
      user: { userId, userName: userId },
      ...more,
    });
  }

  events(name: string): Array<Record<string, unknown>> {
    return this.frames.flatMap((frame) => (frame.event === name ? [frame.data ?? {}] : []));
  }

  waitForEvent(name: string, count = 1): Promise<unknown> {
    return waitFor(() => this.events(name).length >= count, {
      timeoutMs: 5000,
      describe: name,
      intervalMs: 5,
    });
  }

  close(): Promise<void> {
    return this.closeWith(undefined);
  }

  closeWith(code: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) {
        resolve();
        return;
      }
      this.socket.once('close', () => resolve());
      this.socket.close(code);
    });
  }
}
