import { type ClientEvent, type ClientEventData, newId } from '@polyroom/contracts';
import { type Caller, type ClientSession, type SessionConnection, SessionSlot } from '@polyroom/session';

/**
 * Stands in for the socket of a client that speaks WHIP or WHEP. There is no channel for events: those of the room
 * are dropped, and losing its stream or its transports ends the resource, so that the client connects again.
 */
export class HttpConnection implements SessionConnection {
  readonly connectionId = newId('correlation').slice(3, 15);
  readonly slot = new SessionSlot<ClientSession>();
  readonly caller: Caller = { connection: this, slot: this.slot };
  /** What it publishes or plays. */
  streamId: string | undefined;
  /** Called when the resource must end. */
  onOver: (why: string) => void = () => undefined;
  private open = true;

  constructor(readonly clientAddress: string | undefined) {}

  get isOpen(): boolean {
    return this.open;
  }

  write(): void {}

  sendEvent<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    switch (event) {
      case 'media.moved':
      case 'room.expelled':
        this.end(event);
        break;
      case 'stream.moved':
      case 'stream.stopped':
      case 'stream.playUpdate': {
        const update = data as ClientEventData<'stream.moved'> & { closed?: boolean };
        if (update.streamId === this.streamId && update.closed !== false) {
          this.end(event);
        }
        break;
      }
      default:
    }
  }

  close(_code: number, reason: string): void {
    this.end(reason);
  }

  whenIdle(): Promise<void> {
    return Promise.resolve();
  }

  /** Takes no login any more. Idempotent. */
  end(why: string): void {
    if (this.open) {
      this.open = false;
      this.onOver(why);
    }
  }
}
