import { type ClientEvent, type ClientEventData } from '@polyroom/contracts';
import { type OutFrame } from './out-frame.js';

/** A session's connection to its client: a WebSocket, or an adapter for clients that use HTTP. */
export interface SessionConnection {
  /** For the log. */
  readonly connectionId: string;
  /** The client's address, as far as the gateway can see. */
  readonly clientAddress: string | undefined;
  readonly isOpen: boolean;
  /** Writes an encoded frame. */
  write(frame: OutFrame): void;
  sendEvent<E extends ClientEvent>(event: E, data: ClientEventData<E>): void;
  /** Called when the session no longer belongs to this connection. */
  close(code: number, reason: string): void;
  /** Resolves when all requests currently in progress have been answered. */
  whenIdle(): Promise<void>;
}
