import { findClientErrorName, type RoomSnapshot } from '@polyroom/contracts/client';
import { type RoomChange } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Room } from './room.js';
import { isNetworkError, withReason } from './room-errors.js';
import { type RoomsOptions } from './rooms-options.js';
import { type SessionTicket } from './session-ticket.js';
import { type TakenRooms } from './taken-rooms.js';

/** The client's rooms, as far as a resume of their session changes them. */
interface SessionRooms {
  readonly all: Room[];
  get(roomId: string): Room | undefined;
  tell(roomId: string, change: RoomChange): void;
  expel(error: PolyroomError, roomId?: string, reason?: string): void;
  remove(room: Room, change: 'removed', info: { error: PolyroomError; reason?: string }): void;
}

/** Attaches the session to a new connection, and restores its rooms. */
export class SessionAttachment {
  private attaching: Promise<void> | undefined;

  constructor(
    private readonly rooms: SessionRooms,
    private readonly ticket: SessionTicket,
    private readonly taken: TakenRooms,
    /** Rooms that the application left, maybe without the servers' knowledge. */
    private readonly leftOffline: Set<string>,
    private readonly options: RoomsOptions,
  ) {}

  /**
   * Resumes a session that has no connection, or ends it if its rooms were left. Concurrent callers share the
   * attempt. Needs an open connection; throws if it fails, but not if the session has ended.
   */
  attach(): Promise<void> {
    this.attaching ??= this.attachOnce().finally(() => (this.attaching = undefined));
    return this.attaching;
  }

  private async attachOnce(): Promise<void> {
    const { client, link, onRecovered } = this.options;
    if (this.ticket.isLeft) {
      await this.ticket.end(link, client.appId);
    }
    const lost = this.rooms.all.filter((room) => room.state === 'reconnecting');
    const resuming = this.redeemTicket(lost);
    for (const room of lost) {
      void room.track(() => resuming).catch(() => undefined);
    }
    (await resuming).forEach((room) => onRecovered(room.roomId));
  }

  /** Resolves to the restored rooms; the remaining ones are reported as lost or left to `rejoin`. */
  private async redeemTicket(lost: Room[]): Promise<Room[]> {
    const { client, link } = this.options;
    const positions = lost.map((room) => room.position);
    const result = await this.ticket.redeem(link, client.appId, positions);
    if (result === undefined) {
      return [];
    }
    if (result instanceof PolyroomError) {
      const reason = result.details?.['reason'];
      for (const room of this.rooms.all.filter((lost) => !this.canEnterAgain(lost, result.code))) {
        this.rooms.expel(result, room.roomId, typeof reason === 'string' ? reason : undefined);
      }
      return [];
    }
    this.taken.enterMissed(result, this.leftOffline);
    this.leftOffline.clear();
    this.options.onResumed(result);
    for (const { roomId, code, reason } of result.lost) {
      this.handleLostRoom(roomId, code, reason);
    }
    const resumed: Room[] = [];
    for (const { roomId, snapshot } of result.rooms) {
      const room = this.rooms.get(roomId);
      if (room?.state === 'reconnecting') {
        this.handleResumedRoom(room, snapshot);
        resumed.push(room);
      } else if (room === undefined || !room.isAsked) {
        // Left while the servers were unreachable; a login into this room waits for the logout.
        void link.call('room.logout', { roomId }).catch((error: unknown) => {
          if (isNetworkError(error)) {
            this.leftOffline.add(roomId);
          }
        });
      }
    }
    return resumed;
  }

  private handleResumedRoom(room: Room, snapshot: RoomSnapshot | undefined): void {
    room.state = 'joined';
    this.rooms.tell(room.roomId, 'rejoined');
    if (snapshot === undefined) {
      room.applyEarly();
    } else {
      room.applySnapshot(snapshot);
    }
  }

  /** A resumed session lost this room, for a reason specific to the room. */
  private handleLostRoom(roomId: string, code: number, reason: string | undefined): void {
    const room = this.rooms.get(roomId);
    // A room that merely expired is entered again; a deliberate removal is reported.
    if (room !== undefined && !this.canEnterAgain(room, code)) {
      this.rooms.remove(room, 'removed', withReason(PolyroomError.ofCode(code), reason));
    }
  }

  /** Whether the SDK enters a room again by itself after the session lost it with this code. */
  private canEnterAgain(room: Room, code: number): boolean {
    const name = findClientErrorName(code);
    return (
      name === 'ROOM_SESSION_EXCEPTION_KICKED_OUT' ||
      ((name === 'ROOM_TOKEN_EXPIRED_KICKED_OUT' || name === 'ROOM_TOKEN_REVOKED') &&
        (room.unsentToken !== undefined || this.options.client.tokenProvider !== undefined))
    );
  }
}
