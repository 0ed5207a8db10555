import { PolyroomError } from '../polyroom-error.js';
import { type MediaConnection } from './media-connection.js';

const waitTimeoutMs = 8000;

interface Waiter {
  resolve(media: MediaConnection): void;
  reject(error: PolyroomError): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * Holds the session's media connection. The response that creates it may arrive after another room's login
 * response, so users of the slot wait for it.
 */
export class MediaSlot {
  private current: MediaConnection | undefined;
  private stale = false;
  private readonly waiters = new Set<Waiter>();

  get media(): MediaConnection | undefined {
    return this.current;
  }

  /** False while the connection is lost, and while the session is being resumed on a new one. */
  get isCurrent(): boolean {
    return this.current !== undefined && !this.stale;
  }

  get(): Promise<MediaConnection> {
    if (this.current !== undefined && !this.stale) {
      return Promise.resolve(this.current);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(PolyroomError.of('ROOM_CONNECT_TEMPORARY_BROKEN'));
      }, waitTimeoutMs);
      const waiter: Waiter = { resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  /** Sets the media of a new session and closes the former session's. */
  fill(media: MediaConnection): void {
    this.current?.close();
    this.current = media;
    this.stale = false;
    for (const waiter of this.takeWaiters()) {
      waiter.resolve(media);
    }
  }

  /** Replaces the session's transports. The caller closes the returned former connection. */
  replace(media: MediaConnection): MediaConnection | undefined {
    const former = this.current;
    former?.retire();
    this.current = undefined;
    this.fill(media);
    return former;
  }

  /**
   * The socket is closed: media continues for as long as the servers keep the session, but nothing new may
   * use it.
   */
  expire(): void {
    this.stale = true;
  }

  /** The session has a socket again and kept its media. */
  revive(): void {
    this.stale = false;
    if (this.current !== undefined) {
      this.current.handleSignalBack();
      for (const waiter of this.takeWaiters()) {
        waiter.resolve(this.current);
      }
    }
  }

  /** The session has ended. A later session fills the slot again. */
  empty(): void {
    this.current?.close();
    this.current = undefined;
    this.stale = false;
    for (const waiter of this.takeWaiters()) {
      waiter.reject(PolyroomError.of('COMMON_NOT_LOGIN_ROOM'));
    }
  }

  private takeWaiters(): Waiter[] {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) {
      clearTimeout(waiter.timer);
    }
    return waiters;
  }
}
