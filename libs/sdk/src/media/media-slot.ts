import { ZegoError } from '../zego-error.js';
import { type MediaConnection } from './media-connection.js';

const waitTimeoutMs = 8000;

interface Waiter {
  resolve(media: MediaConnection): void;
  reject(error: ZegoError): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * The place of the session's one media connection. The answer that brings it may come after that of
 * another room's login, so whoever needs it waits for it.
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
        reject(ZegoError.of('ROOM_CONNECT_TEMPORARY_BROKEN'));
      }, waitTimeoutMs);
      const waiter: Waiter = { resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  /** A new session's media; that of the one before is closed. */
  fill(media: MediaConnection): void {
    this.current?.close();
    this.current = media;
    this.stale = false;
    for (const waiter of this.takeWaiters()) {
      waiter.resolve(media);
    }
  }

  /** The session has other transports. The former connection is the caller's to close. */
  replace(media: MediaConnection): MediaConnection | undefined {
    const former = this.current;
    former?.retire();
    this.current = undefined;
    this.fill(media);
    return former;
  }

  /**
   * The socket is gone: media flows on for as long as the servers keep the session, but nothing new may
   * be built on it.
   */
  expire(): void {
    this.stale = true;
  }

  /** The session has a socket again, and its media are those that it had. */
  revive(): void {
    this.stale = false;
    if (this.current !== undefined) {
      this.current.handleSignalBack();
      for (const waiter of this.takeWaiters()) {
        waiter.resolve(this.current);
      }
    }
  }

  /** The session is over. A later session fills the slot again. */
  empty(): void {
    this.current?.close();
    this.current = undefined;
    this.stale = false;
    for (const waiter of this.takeWaiters()) {
      waiter.reject(ZegoError.of('COMMON_NOT_LOGIN_ROOM'));
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
