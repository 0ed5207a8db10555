import { type ClientEventData, type MediaSession } from '@polyroom/contracts';
import { MediaConnection, type MediaConnectionOptions } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';

/** How long the old transports go on after all is moved. */
const settleDelayMs = 2000;

export interface SessionMediaOptions {
  link: Link;
  slot: MediaSlot;
  handlerFactory: MediaConnectionOptions['handlerFactory'];
  /** Brings what is published and played over to another connection; the former one is lost, or goes on meanwhile. */
  move(connection: MediaConnection, isLost: boolean): Promise<unknown>;
  /** The transports of the session do not work any more: it needs others when it is taken up again. */
  onBroken(): void;
}

/** The media that the servers give a session, one after another: the slot holds those of the moment. */
export class SessionMedia {
  private readonly devices: MediaConnectionOptions['devices'] = new Map();

  constructor(private readonly options: SessionMediaOptions) {
    options.link.events.on('media.moved', (moved) => void this.follow(moved));
  }

  /** The session has a socket again, and the media that it had, or others. */
  resume(session: MediaSession | undefined): void {
    if (session === undefined) {
      this.options.slot.revive();
    }
    this.note(session);
  }

  /** A room was entered. The first of a session has brought its media. */
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
   * The servers have given the session other transports. What still flows over the old ones goes on until
   * the new ones have it; then the servers may close them.
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
      // Those who play what is published here follow meanwhile.
      await new Promise((resolve) => setTimeout(resolve, settleDelayMs));
    }
    former?.close();
    if (slot.media === connection && link.isOpen) {
      await link.call('media.settle', {}).catch(() => undefined);
    }
  }
}
