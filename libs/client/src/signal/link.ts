import {
  clientLeaveCloseCode,
  type ClientMethod,
  type ClientParams,
  type ClientResult,
  findClientErrorName,
} from '@polyroom/contracts/client';
import { Emitter } from '../emitter.js';
import { type Platform } from '../platform/platform.js';
import { randomHex } from '../platform/random-hex.js';
import { PolyroomError } from '../polyroom-error.js';
import { explainRefusal } from './server-probe.js';
import { type CallOptions, SignalConnection, type SignalEvents } from './signal-connection.js';

const openTimeoutMs = 8000;

/**
 * The engine's connection to the cluster: at most one socket at a time, to any of the gateways. It opens on
 * demand and reports its loss; `Recovery` decides whether to retry.
 */
export class Link {
  readonly events = new Emitter<SignalEvents>();
  /** Called when the socket closes without a local `close()`. */
  onLost: ((closeCode: number) => void) | undefined;
  /** The later of two logins of a client is the one over the later socket, in whatever order they arrive. */
  readonly client: { id: string; socket: number };
  private urlIndex = 0;
  private connection: SignalConnection | undefined;
  private opening: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly urls: string[],
    private readonly platform: Pick<Platform, 'WebSocket' | 'crypto' | 'fetch'>,
  ) {
    this.client = { id: randomHex(platform), socket: 0 };
  }

  get isOpen(): boolean {
    return this.connection?.isOpen ?? false;
  }

  /** Ensures that a connection is open; concurrent callers share the attempt. Tries each gateway once. */
  open(): Promise<void> {
    if (this.isOpen) {
      return Promise.resolve();
    }
    this.opening ??= this.openAny().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  call<M extends ClientMethod>(
    method: M,
    params: ClientParams<M>,
    options?: CallOptions<M>,
  ): Promise<ClientResult<M>> {
    return (
      this.connection?.call(method, params, options) ??
      Promise.reject(PolyroomError.of('PROTOCOL_SOCKET_CLOSED'))
    );
  }

  /** There is reason to doubt that the socket works: probes it now. */
  doubt(): void {
    this.connection?.doubt();
  }

  /**
   * Closes the connection and ends its session; a later `open()` creates a new one. Synchronous, so that it
   * works while a page is closed. Returns false if there is no connection.
   */
  leave(): boolean {
    const wasOpen = this.isOpen;
    this.connection?.close(clientLeaveCloseCode);
    this.connection = undefined;
    return wasOpen;
  }

  /** Closes the link for good. Idempotent. */
  close(): void {
    this.closed = true;
    this.leave();
    this.events.clear();
  }

  private async openAny(): Promise<void> {
    let lastError = PolyroomError.of('ROOM_CONNECT_FAILED');
    for (let attempt = 0; attempt < this.urls.length && !this.closed; attempt++) {
      try {
        const connection = await SignalConnection.open(
          this.urls[this.urlIndex % this.urls.length]!,
          this.events,
          openTimeoutMs,
          this.platform.WebSocket!,
        );
        if (this.closed) {
          connection.close();
          break;
        }
        connection.onLost = (closeCode) => this.handleLost(closeCode);
        this.connection = connection;
        this.client.socket += 1;
        return;
      } catch (error) {
        lastError = PolyroomError.from(error, 'ROOM_CONNECT_FAILED');
        this.urlIndex++;
      }
    }
    if (this.client.socket === 0 && findClientErrorName(lastError.code) === 'ROOM_CONNECT_FAILED') {
      // The address may be wrong. It is not probed again during recovery, because it was right before.
      lastError = await explainRefusal(
        lastError,
        this.urls[(this.urlIndex - 1) % this.urls.length]!,
        this.platform.fetch,
      );
    }
    throw lastError;
  }

  private handleLost(closeCode: number): void {
    this.connection = undefined;
    this.urlIndex++;
    this.onLost?.(closeCode);
  }
}
