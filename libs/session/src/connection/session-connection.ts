import { type ClientEvent, type ClientEventData } from '@polyroom/contracts';
import { type OutFrame } from './out-frame.js';

/** How a session reaches its client: a WebSocket, or a stand-in for clients that use HTTP. */
export interface SessionConnection {
  /** For the log. */
  readonly connectionId: string;
  /** Where the client is, as far as the gateway can see. */
  readonly clientAddress: string | undefined;
  readonly isOpen: boolean;
  /** Hands over a frame that is already built. */
  write(frame: OutFrame): void;
  sendEvent<E extends ClientEvent>(event: E, data: ClientEventData<E>): void;
  /** The session is not this connection's any more. */
  close(code: number, reason: string): void;
  /** When all requests of this moment have been answered. */
  whenIdle(): Promise<void>;
}
