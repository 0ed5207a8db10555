import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type Grants,
  hasRight,
  type RequestOf,
  type RoomSnapshot,
  roomRpc,
  type User,
} from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { RoomFanout } from '../rooms/room-fanout.js';
import { type RoomListener } from '../rooms/room-listener.js';
import { type RoomSeat } from '../rooms/room-seat.js';
import { type ClientSession } from './client-session.js';
import { type Deadline } from './deadline.js';
import { Membership } from './membership.js';
import { chooseToken } from './newest-token.js';
import { Playbacks } from './playbacks.js';
import { Publications } from './publications.js';
import { UpstreamMutes } from './upstream-mutes.js';

/** One login into one room. */
export interface RoomEntry {
  roomId: string;
  /** As this login names it. */
  user: User;
  /** The grants of this login's credentials. */
  token: Grants;
  listenOnly: boolean;
  requestId: string;
  maxMemberCount: number;
  isUserStatusNotify: boolean;
  deadline: Deadline;
  /** The session's first login. */
  opens: boolean;
  /** The room that is left for this one. */
  fromRoomId?: string;
}

export interface EnteredRoom {
  membership: Membership;
  snapshot: RoomSnapshot;
  /** With `fromRoomId`: upstreams that are shared nowhere any more. */
  endedStreamIds: string[];
}

const undoAttempts = 5;
const undoIntervalMs = 2000;

/** Brings sessions into rooms and out of them. */
@Injectable()
export class SessionRooms {
  constructor(
    private readonly bus: Bus,
    private readonly fanout: RoomFanout,
    private readonly playbacks: Playbacks,
    private readonly publications: Publications,
    private readonly mutes: UpstreamMutes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The seat of the new membership waits; activate it once the client has the snapshot. */
  enter(session: ClientSession, entry: RoomEntry): Promise<EnteredRoom> {
    const entering = session.roomQueue.run(entry.roomId, () => this.enterInTurn(session, entry));
    return session.trackLogin(entering);
  }

  /** Leaves one room for another: one move, which the limit is not asked about. */
  async switch(session: ClientSession, entry: RoomEntry & { fromRoomId: string }): Promise<EnteredRoom> {
    const { fromRoomId } = entry;
    return session.roomQueue.run(fromRoomId, async () => {
      session.getMembership(fromRoomId, 'ROOM_ROOMID_INCORRECT');
      const entered = await this.enter(session, entry);
      await this.forget(session, fromRoomId, entered.endedStreamIds);
      return entered;
    });
  }

  /** A room of a session that came from another socket, where its membership stands already. */
  takeSeat(session: ClientSession, roomId: string, isUserStatusNotify: boolean): RoomSeat {
    const listener = this.createListener(session, isUserStatusNotify);
    return this.fanout.takeSeat(session.ref.appId, roomId, listener);
  }

  /** Leaves one room. Throws 1002002 where the session is not in it. */
  leave(session: ClientSession, roomId: string): Promise<void> {
    return session.roomQueue.run(roomId, async () => {
      // A room whose token has just expired can be left, too.
      const membership = session.memberships.get(roomId);
      if (membership === undefined) {
        throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
      }
      const request = { session: session.ref, roomId, epoch: membership.epoch };
      try {
        const { endedStreamIds } = await this.bus.request(roomRpc.logout, request);
        await this.forget(session, roomId, endedStreamIds);
      } catch (error) {
        if (AppError.is(error, 'BUS_TIMEOUT')) {
          // Once more: the answer may have been lost, and then 1002002 means that the room was left.
          await this.leaveAgain(session, request);
          return;
        }
        if (AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
          await this.forget(session, roomId);
        }
        throw error;
      }
    });
  }

  /** The room service took the membership away by itself. False where the session was not in the room. */
  drop(session: ClientSession, roomId: string): Promise<boolean> {
    return session.roomQueue.run(roomId, async () => {
      if (!session.memberships.has(roomId)) {
        return false;
      }
      await this.forget(session, roomId);
      return true;
    });
  }

  private async enterInTurn(session: ClientSession, entry: RoomEntry): Promise<EnteredRoom> {
    const { roomId, deadline } = entry;
    const present = session.memberships.get(roomId);
    if (present?.requestId === entry.requestId) {
      return { membership: present, snapshot: await this.readRoom(session, present), endedStreamIds: [] };
    }
    const token = chooseToken(entry.token, session.memberships.values(), roomId);
    if (!hasRight(token, roomId, 'login')) {
      throw new AppError('ROOM_AUTHENTICATION_FAILED', { details: { roomId, right: 'login' } });
    }
    const { isUserStatusNotify, listenOnly } = entry;
    const note = { grants: token, isUserStatusNotify, ...(listenOnly ? { listenOnly } : {}) };
    const request: RequestOf<typeof roomRpc.login> = {
      session: session.ref,
      gatewayId: session.options.gatewayId,
      nodeId: session.options.nodeId,
      user: entry.user,
      sessionUserName: session.options.user.userName,
      roomId,
      mode: session.options.mode,
      requestId: entry.requestId,
      opens: entry.opens,
      resumeTokenHash: session.options.resumeTokenHash,
      ...(session.options.clientAddress === undefined
        ? {}
        : { clientAddress: session.options.clientAddress }),
      note,
      maxMemberCount: entry.maxMemberCount,
      ...(token.maxRooms === undefined ? {} : { maxRooms: token.maxRooms }),
    };
    const { fromRoomId } = entry;
    if (fromRoomId !== undefined) {
      const { epoch } = session.getMembership(fromRoomId, 'ROOM_ROOMID_INCORRECT');
      request.from = { roomId: fromRoomId, epoch };
    }
    const seat = this.takeSeat(session, roomId, isUserStatusNotify);
    try {
      const { epoch, snapshot, endedStreamIds } = await this.bus.request(roomRpc.login, request, {
        timeoutMs: deadline.limit(roomRpc.login.timeoutMs),
      });
      if (session.state !== 'open') {
        // Expelled, or its socket gone, while the room service was at it.
        void this.leaveQuietly(session, roomId, epoch);
        throw new AppError('ROOM_KICKED_OUT');
      }
      const membership = new Membership({ roomId, epoch, note, requestId: entry.requestId, seat });
      session.memberships.set(roomId, membership);
      session.expiredRoomIds.delete(roomId);
      return { membership, snapshot, endedStreamIds };
    } catch (error) {
      seat.release();
      if (AppError.is(error, 'BUS_TIMEOUT')) {
        // A room that the session is in already is kept: this login can only have been refused.
        if (!session.memberships.has(roomId)) {
          void this.undo(session, request);
        }
        throw new AppError('ROOM_LOGIN_TIMEOUT', { cause: error });
      }
      throw error;
    }
  }

  private createListener(session: ClientSession, wantsUsers: boolean): RoomListener {
    return {
      sessionId: session.sessionId,
      userId: session.ref.userId,
      get nodeId() {
        return session.options.nodeId;
      },
      wantsUsers,
      outlet: session.connection,
      onStreamRemoved: (roomId, streamId) => {
        if (session.downlinks.has(streamId, roomId)) {
          void this.playbacks.unbind(session, streamId, roomId, 'unshared');
        }
      },
      onStreamMuted: (roomId, streamId, kinds) => {
        if (session.upstreams.has(streamId)) {
          void this.mutes.follow(session, streamId, roomId, kinds);
        }
      },
      onFactsMissed: (roomId) => {
        for (const { roomIds, streamId } of session.upstreams.values()) {
          if (roomIds.has(roomId)) {
            void this.mutes.follow(session, streamId, roomId);
          }
        }
      },
    };
  }

  private async leaveAgain(session: ClientSession, request: RequestOf<typeof roomRpc.logout>): Promise<void> {
    let endedStreamIds: string[] | undefined;
    try {
      ({ endedStreamIds } = await this.bus.request(roomRpc.logout, request));
    } catch (error) {
      if (!AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
        throw error;
      }
    }
    await this.forget(session, request.roomId, endedStreamIds);
  }

  /** Cleans up what a membership held here. Without `endedStreamIds` the streams shown nowhere else end. */
  private async forget(session: ClientSession, roomId: string, endedStreamIds?: string[]): Promise<void> {
    session.memberships.get(roomId)?.seat.release();
    session.memberships.delete(roomId);
    const orphanedStreamIds: string[] = [];
    for (const upstream of session.upstreams.values()) {
      if (upstream.roomIds.delete(roomId) && upstream.roomIds.size === 0) {
        orphanedStreamIds.push(upstream.streamId);
      }
    }
    const ending =
      endedStreamIds?.map((streamId) => this.publications.forget(session, streamId)) ??
      orphanedStreamIds.map((streamId) => this.publications.stopQuietly(session, streamId));
    const unbinding = session.downlinks
      .streamsOfRoom(roomId)
      .map((streamId) => this.playbacks.unbind(session, streamId, roomId, 'left'));
    await Promise.all([...ending, ...unbinding]);
  }

  /**
   * Nobody will hear of this login: it must not keep its place. Where its epoch is not known, the same
   * request ID gets the same answer, and with the epoch in it the room can be left.
   */
  private async undo(session: ClientSession, request: RequestOf<typeof roomRpc.login>): Promise<void> {
    for (let attempt = 0; attempt < undoAttempts; attempt += 1) {
      try {
        // In turn with other logins into this room, which would be refused until this one is gone.
        await session.roomQueue.run(request.roomId, () => this.undoOnce(session, request));
        return;
      } catch (error) {
        if (!AppError.is(error, 'BUS_TIMEOUT') && !AppError.is(error, 'BUS_UNAVAILABLE')) {
          // The room service refuses it: there is no membership to give back.
          return;
        }
        this.logger.warn(
          { err: error, sessionId: session.sessionId, roomId: request.roomId },
          'login not undone yet',
        );
        await sleep(undoIntervalMs, undefined, { ref: false });
      }
    }
  }

  private async undoOnce(session: ClientSession, request: RequestOf<typeof roomRpc.login>): Promise<void> {
    if (session.state !== 'open') {
      // Asking again for a session that was expelled would expel its successor.
      await this.bus.request(roomRpc.endSession, { session: session.ref });
      return;
    }
    const { epoch } = await this.bus.request(roomRpc.login, request);
    await this.bus.request(roomRpc.logout, { session: session.ref, roomId: request.roomId, epoch });
  }

  /** The room as it is now. Throws 1002002 where the session has no seat in it any more. */
  async readRoom(session: ClientSession, { roomId, epoch }: Membership): Promise<RoomSnapshot> {
    const { snapshots } = await this.bus.request(roomRpc.readMemberRooms, {
      session: session.ref,
      rooms: [{ roomId, epoch }],
    });
    const [snapshot] = snapshots;
    if (snapshot === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
    }
    return snapshot;
  }

  /** Forgets a room that the records do not have any more, or perhaps never had again. */
  async dropUnheld(session: ClientSession, roomId: string): Promise<void> {
    const membership = session.memberships.get(roomId);
    if (membership === undefined) {
      return;
    }
    const rooms = [{ roomId, epoch: membership.epoch }];
    const { lostRoomIds } = await this.bus.request(roomRpc.readMemberRooms, { session: session.ref, rooms });
    if (lostRoomIds.length > 0) {
      await this.drop(session, roomId);
    }
  }

  /** Gives up a membership that this gateway does not count as one. Never rejects. */
  async leaveQuietly(session: ClientSession, roomId: string, epoch: number): Promise<void> {
    try {
      await this.bus.request(roomRpc.logout, { session: session.ref, roomId, epoch });
    } catch (error) {
      if (!AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
        this.logger.warn({ err: error, sessionId: session.sessionId, roomId }, 'late login not undone');
      }
    }
  }
}
