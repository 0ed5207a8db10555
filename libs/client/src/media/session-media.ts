import { type ClientEventData, type MediaSession, type TransportDirection } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';
import { Devices } from './devices.js';
import { MediaConnection } from './media-connection.js';
import { type MediaSlot } from './media-slot.js';
import { type Link } from '../signal/link.js';

/** How long the old transports stay open after a move. */
const settleDelayMs = 2000;

/** Delays before new transports are requested after media failed. */
const renewDelaysMs = [0, 1000, 2000, 4000, 8000];

export interface SessionMediaOptions {
  link: Link;
  slot: MediaSlot;
  handlerFactory: types.HandlerFactory | undefined;
  /** How long failed media is retried. */
  budgetMs: number;
  /**
   * Moves published and played streams to another connection; the former one is lost, or carries media until
   * then.
   */
  move(connection: MediaConnection, isLost: boolean): Promise<unknown>;
  /** The session's transports no longer work: the next resume must request new ones. */
  onBroken(): void;
  onConnected(direction: TransportDirection): void;
  /** Media failed and is retried. Signalling is not affected. */
  onInterrupted(): void;
  /** Media was retried for `budgetMs` in vain. */
  onGivenUp(): void;
}

/** The media connections of a session, one after another; the slot holds the current one. */
export class SessionMedia {
  private readonly devices: Devices;
  /** Failures in a row, and since when, in ms of `performance.now()`. */
  private failures = 0;
  private failedSinceMs = 0;
  /** The failed connection that is being replaced: both of its directions may fail. */
  private renewing: MediaConnection | undefined;

  constructor(private readonly options: SessionMediaOptions) {
    this.devices = new Devices(options.handlerFactory);
    options.link.events.on('media.moved', (moved) => void this.follow(moved));
  }

  /** The session has a socket again, with the same transports or with new ones. */
  resume(session: MediaSession | undefined): void {
    if (session === undefined) {
      this.options.slot.revive();
    }
    this.note(session);
  }

  /** A room was entered. The first join of a session returns its media. */
  note(session: MediaSession | undefined): void {
    if (session !== undefined) {
      this.options.slot.fill(this.connect(session));
    }
  }

  private connect(session: MediaSession): MediaConnection {
    const { link, onBroken, onConnected } = this.options;
    const connection = new MediaConnection({
      session,
      call: (method, params) => link.call(method, params),
      devices: this.devices,
      onUnconnected: onBroken,
      onFailed: () => void this.renew(connection),
      onConnected: (direction) => {
        if (connection.isWorking) {
          this.failures = 0;
        }
        onConnected(direction);
      },
    });
    return connection;
  }

  /** Requests other transports for the session, which keeps its socket and its rooms. */
  private async renew(failed: MediaConnection): Promise<void> {
    const { budgetMs, link, onBroken, onGivenUp, onInterrupted, slot } = this.options;
    if (slot.media !== failed || this.renewing === failed) {
      return;
    }
    this.renewing = failed;
    if (this.failures === 0) {
      this.failedSinceMs = performance.now();
    }
    this.failures += 1;
    if (performance.now() - this.failedSinceMs >= budgetMs) {
      // The new transports are for later streams, which start over.
      this.failures = 0;
      onGivenUp();
    } else {
      onInterrupted();
      const delayMs = renewDelaysMs[Math.min(this.failures, renewDelaysMs.length) - 1]!;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    if (slot.media === failed) {
      // Without a connection the next resume requests them.
      await link.call('media.renew', {}).catch(() => onBroken());
    }
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
