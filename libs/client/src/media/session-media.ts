import { type ClientEventData, type MediaSession } from '@polyroom/contracts/client';
import { MediaConnection, type MediaConnectionOptions } from './media-connection.js';
import { type MediaSlot } from './media-slot.js';
import { type Link } from '../signal/link.js';

/** How long the old transports stay open after a move. */
const settleDelayMs = 2000;

export interface SessionMediaOptions {
  link: Link;
  slot: MediaSlot;
  handlerFactory: MediaConnectionOptions['handlerFactory'];
  /**
   * Moves published and played streams to another connection; the former one is lost, or carries media until
   * then.
   */
  move(connection: MediaConnection, isLost: boolean): Promise<unknown>;
  /** The session's transports no longer work: the next resume must request new ones. */
  onBroken(): void;
}

/** The media connections of a session, one after another; the slot holds the current one. */
export class SessionMedia {
  private readonly devices: MediaConnectionOptions['devices'] = new Map();

  constructor(private readonly options: SessionMediaOptions) {
    options.link.events.on('media.moved', (moved) => void this.follow(moved));
  }

  /** The session has a socket again, with the same transports or with new ones. */
  resume(session: MediaSession | undefined): void {
    if (session === undefined) {
      this.options.slot.revive();
    }
    this.note(session);
  }

  /** A room was entered. The first login of a session returns its media. */
  note(session: MediaSession | undefined): void {
    if (session !== undefined) {
      this.options.slot.fill(this.connect(session));
    }
  }

  private connect(session: MediaSession): MediaConnection {
    const { handlerFactory, link, onBroken } = this.options;
    return new MediaConnection({
      session,
      call: (method, params) => link.call(method, params),
      handlerFactory,
      devices: this.devices,
      onUnconnected: onBroken,
      onFailed: () => {
        onBroken();
        link.reset();
      },
    });
  }

  /**
   * The servers gave the session other transports. Streams stay on the old ones until the new ones carry
   * them; then the servers may close the old ones.
   */
  private async follow({ media, reason }: ClientEventData<'media.moved'>): Promise<void> {
    const { link, move, slot } = this.options;
    const connection = this.connect(media);
    const former = slot.replace(connection);
    if (reason === 'lost') {
      former?.closeSending();
    }
    await move(connection, reason === 'lost');
    if (reason === 'draining') {
      // Gives the viewers of published streams time to switch.
      await new Promise((resolve) => setTimeout(resolve, settleDelayMs));
    }
    former?.close();
    if (slot.media === connection && link.isOpen) {
      await link.call('media.settle', {}).catch(() => undefined);
    }
  }
}
