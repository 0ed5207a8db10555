import { findClientErrorName } from '@polyroom/contracts/client';
import { reconnectDelayMs } from '../signal/backoff.js';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Room } from './room.js';
import { type Rooms } from './rooms.js';

export interface RecoveryOptions {
  link: Link;
  rooms: Rooms;
  budgetMs: number;
}

/**
 * The old session keeps its rooms for its grace period, so these refusals end at the latest when it expires.
 */
const graceMs = 120_000;
const refusalsOfTheOldSession = new Set(['ROOM_LOGIN_OTHER', 'ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT']);

/**
 * Restores rooms after the connection was lost: all at once by resuming the session, or, if it no longer
 * exists, each with a new login. One loop serves all rooms; each room has its own result and none waits for
 * another.
 */
export class Recovery {
  private running = false;
  private stopped = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: RecoveryOptions) {}

  /** Starts the loop if it is not running. */
  start(): void {
    if (!this.running && !this.stopped) {
      this.running = true;
      void this.run().finally(() => {
        this.running = false;
        if (this.hasWork) {
          this.start();
        }
      });
    }
  }

  /** The network is back: makes the next attempt now. */
  hurry(): void {
    this.wake?.();
  }

  /** Idempotent. */
  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    for (let attempt = 0; this.hasWork; attempt++) {
      await this.sleep(reconnectDelayMs(attempt));
      this.giveUpLateRooms();
      if (!this.hasWork) {
        return;
      }
      const { link, rooms } = this.options;
      try {
        await link.open();
        await rooms.attach();
      } catch {
        continue;
      }
      // Rooms that the session did not restore need a new login.
      await Promise.all(this.lostRooms().map((room) => this.recover(room)));
    }
  }

  private async recover(room: Room): Promise<void> {
    try {
      await this.options.rooms.rejoin(room);
    } catch (error) {
      const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
      // A resume may have restored it meanwhile.
      if (room.state !== 'joined' && !isWorthRetrying(failure, performance.now() - room.lostAtMs)) {
        this.options.rooms.giveUp(room, failure);
      }
    }
  }

  private giveUpLateRooms(): void {
    for (const room of this.lostRooms()) {
      if (performance.now() - room.lostAtMs >= this.options.budgetMs) {
        this.options.rooms.giveUp(room, PolyroomError.of('ROOM_RETRY_TIMEOUT'));
      }
    }
  }

  /** Rooms to restore, or a session to end whose rooms were left without a connection. */
  private get hasWork(): boolean {
    return this.lostRooms().length > 0 || (!this.stopped && this.options.rooms.ticket.isLeft);
  }

  private lostRooms(): Room[] {
    return this.stopped ? [] : this.options.rooms.all.filter((room) => room.state === 'reconnecting');
  }

  private sleep(delayMs: number): Promise<void> {
    const rooms = this.lostRooms();
    // No later than the first room's deadline.
    const remainingMs = rooms.map((room) => room.lostAtMs + this.options.budgetMs - performance.now());
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, Math.min(delayMs, ...remainingMs)));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isWorthRetrying(failure: PolyroomError, lostForMs: number): boolean {
  const name = findClientErrorName(failure.code);
  return (
    failure.retryable ||
    name === 'PROTOCOL_SOCKET_CLOSED' ||
    name === 'PROTOCOL_NETWORK_TIMEOUT' ||
    (name !== undefined && refusalsOfTheOldSession.has(name) && lostForMs < graceMs)
  );
}
