import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ClientInstance,
  type Grants,
  hasRight,
  type ReplyOf,
  type RequestOf,
  type RoomSnapshot,
  roomRpc,
  type User,
} from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';
import { RoomFanout } from '../rooms/room-fanout.js';
import { type RoomListener } from '../rooms/room-listener.js';
import { type RoomSubscription } from '../rooms/room-subscription.js';
import { type ClientSession } from './client-session.js';
import { type Deadline } from './deadline.js';
import { Membership } from './membership.js';
import { chooseToken } from './newest-token.js';
import { Playbacks } from './playbacks.js';
import { Publications } from './publications.js';
import { type Upstream } from './upstream.js';
import { UpstreamMutes } from './upstream-mutes.js';

/** One login into one room. */
export interface RoomEntry {
  roomId: string;
  /** As this login gives it. */
  user: User;
  /** The grants of this login's credentials. */
  token: Grants;
  listenOnly: boolean;
  client?: ClientInstance | undefined;
  requestId: string;
  maxMemberCount: number;
  isUserStatusNotify: boolean;
  deadline: Deadline;
  /** The session's first login. */
  opens: boolean;
  /** The room that is left for this one. */
  fromRoomId?: string;
  /** The streams of the room that is left continue without a room; a refusal changes nothing. */
  keepStreams?: boolean;
}

export interface EnteredRoom {
  membership: Membership;
  snapshot: RoomSnapshot;
  /** With `fromRoomId`: upstreams that are no longer shared in any room. */
  endedStreamIds: string[];
}

export interface SwitchedRoom extends EnteredRoom {
  /** Upstreams that only the former room showed. With `keepStreams` they continue. */
  orphanedStreamIds: string[];
}

const undoAttempts = 5;
const undoIntervalMs = 2000;

/** Logs sessions into rooms and out of them. */
@Injectable()
export class SessionRooms {
  constructor(
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
    private readonly bus: Bus,
    private readonly fanout: RoomFanout,
    private readonly playbacks: Playbacks,
    private readonly publications: Publications,
    private readonly mutes: UpstreamMutes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The new room subscription buffers events; activate it once the client has the snapshot. */
  enter(session: ClientSession, entry: RoomEntry): Promise<EnteredRoom> {
    const entering = session.runForRoom(entry.roomId, () => this.enterQueued(session, entry));
    return session.trackLogin(entering);
  }

  /** Leaves one room for another in one step, without a check of the room limit. */
  async switch(session: ClientSession, entry: RoomEntry & { fromRoomId: string }): Promise<SwitchedRoom> {
    const { fromRoomId, roomId } = entry;
    // In one order, whatever the direction: two opposite switches would wait for each other.
    const [first, second] = fromRoomId < roomId ? [fromRoomId, roomId] : [roomId, fromRoomId];
    let settle: (entering: Promise<EnteredRoom>) => void;
    const login = new Promise<EnteredRoom>((resolve) => (settle = resolve));
    // Not the release of the former room, for which the end of the session need not wait.
    void session.trackLogin(login);
    return session.runForRoom(first, () =>
      session.runForRoom(second, async () => {
        settle(this.enterQueued(session, entry));
        const entered = await login;
        const orphaned = await this.forget(session, fromRoomId, entered.endedStreamIds);
        return { ...entered, orphanedStreamIds: orphaned.map(({ streamId }) => streamId) };
      }),
    );
  }

  /** Subscribes a resumed session to a room that it is in already. */
  subscribe(session: ClientSession, roomId: string, isUserStatusNotify: boolean): RoomSubscription {
    const listener = this.createListener(session, isUserStatusNotify);
    return this.fanout.subscribe(session.ref.appId, roomId, listener);
  }

  /** Leaves one room. Throws 1002002 if the session is not in it. */
  leave(session: ClientSession, roomId: string): Promise<void> {
    return session.runForRoom(roomId, async () => {
      // A room whose token has just expired can be left too.
      const membership = session.findMembership(roomId);
      if (membership === undefined) {
        throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
      }
      const request = { session: session.ref, roomId, epoch: membership.epoch };
      try {
        const { endedStreamIds } = await this.bus.request(roomRpc.logout, request);
        await this.forget(session, roomId, endedStreamIds);
      } catch (error) {
        if (AppError.is(error, 'BUS_TIMEOUT')) {
          // Again: if only the reply was lost, 1002002 means that the room was left.
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

  /**
   * The room service ended the membership, or the one with this epoch: the user may have entered the room again. False
   * if the session did not have it.
   */
  drop(session: ClientSession, roomId: string, epoch?: number): Promise<boolean> {
    return session.runForRoom(roomId, async () => {
      const membership = session.findMembership(roomId);
      if (membership === undefined || (epoch !== undefined && membership.epoch !== epoch)) {
        return false;
      }
      await this.forget(session, roomId);
      return true;
    });
  }

  private async enterQueued(session: ClientSession, entry: RoomEntry): Promise<EnteredRoom> {
    const { roomId, deadline } = entry;
    const present = session.findMembership(roomId);
    if (present?.requestId === entry.requestId) {
      return { membership: present, snapshot: await this.readRoom(session, present), endedStreamIds: [] };
    }
    session.assertNotWeaker(entry.token, roomId);
    const token = chooseToken(entry.token, session.memberships, roomId);
    if (!hasRight(token, roomId, 'login')) {
      throw new AppError('ROOM_AUTHENTICATION_FAILED', { details: { roomId, right: 'login' } });
    }
    const { isUserStatusNotify, listenOnly } = entry;
    const note = { grants: token, isUserStatusNotify, ...(listenOnly ? { listenOnly } : {}) };
    const request: RequestOf<typeof roomRpc.login> = {
      session: session.ref,
      gatewayId: session.options.gatewayId,
      nodeId: session.nodeId,
      user: entry.user,
      sessionUserName: session.options.user.userName,
      roomId,
      mode: session.options.mode,
      requestId: entry.requestId,
      opens: entry.opens,
      ...(this.config.interop === true ? { interop: true } : {}),
      resumeTokenHash: session.options.resumeTokenHash,
      ...(session.options.clientAddress === undefined
        ? {}
        : { clientAddress: session.options.clientAddress }),
      ...(entry.client === undefined ? {} : { client: entry.client }),
      note,
      maxMemberCount: entry.maxMemberCount,
      ...(token.maxRooms === undefined ? {} : { maxRooms: token.maxRooms }),
    };
    const { fromRoomId } = entry;
    if (fromRoomId !== undefined) {
      const { epoch } = session.getMembership(fromRoomId, 'ROOM_ROOMID_INCORRECT');
      request.from = {
        roomId: fromRoomId,
        epoch,
        ...(entry.keepStreams === true ? { keepStreams: true } : {}),
      };
    }
    const subscription = this.subscribe(session, roomId, isUserStatusNotify);
    const admit = (): Promise<ReplyOf<typeof roomRpc.login>> =>
      this.bus.request(roomRpc.login, request, { timeoutMs: deadline.limit(roomRpc.login.timeoutMs) });
    try {
      const { epoch, snapshot, endedStreamIds } = await admit().catch(async (error: unknown) => {
        if (await this.leaveForgotten(session, roomId, error)) {
          return admit();
        }
        throw error;
      });
      if (session.state !== 'open') {
        // The session was expelled, or its socket closed, during the request.
        void this.leaveQuietly(session, roomId, epoch);
        throw new AppError('ROOM_KICKED_OUT');
      }
      const membership = new Membership({ roomId, epoch, note, requestId: entry.requestId, subscription });
      session.enter(membership);
      return { membership, snapshot, endedStreamIds };
    } catch (error) {
      subscription.release();
      if (AppError.is(error, 'BUS_TIMEOUT')) {
        // A room that the session is in already is kept: the room service refuses this login.
        if (session.findMembership(roomId) === undefined) {
          void this.undo(session, request);
        }
        throw new AppError('ROOM_LOGIN_TIMEOUT', { cause: error });
      }
      throw error;
    }
  }

  /**
   * Ends the membership for which a login was refused, if only the records have it: an earlier login, whose answer did
   * not arrive, could not be undone before the session was resumed. False if there is none.
   */
  private async leaveForgotten(session: ClientSession, roomId: string, refusal: unknown): Promise<boolean> {
    if (!AppError.is(refusal, 'ROOM_ROOM_ID_HAS_BEEN_USED') || session.findMembership(roomId) !== undefined) {
      return false;
    }
    const { extraRooms } = await this.bus.request(roomRpc.reconcile, {
      gatewayId: session.options.gatewayId,
      sessions: [{ session: session.ref, rooms: [] }],
    });
    const forgotten = extraRooms.find((room) => room.roomId === roomId);
    return forgotten !== undefined && this.leaveQuietly(session, roomId, forgotten.epoch);
  }

  private createListener(session: ClientSession, wantsUsers: boolean): RoomListener {
    return {
      sessionId: session.sessionId,
      userId: session.ref.userId,
      get nodeId() {
        return session.nodeId;
      },
      wantsUsers,
      outlet: session.connection,
      onStreamRemoved: (roomId, streamId) => {
        if (session.downlinks.has(streamId, roomId)) {
          void this.playbacks.unbind(session, streamId, roomId, 'unshared');
        }
      },
      onStreamMuted: (roomId, streamId, kinds) => {
        if (session.findUpstream(streamId) !== undefined) {
          void this.mutes.follow(session, streamId, roomId, kinds);
        }
      },
      onFactsMissed: (roomId) => {
        for (const { roomIds, streamId } of session.upstreams) {
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

  /**
   * Releases what a membership held here. Without `endedStreamIds`, streams that were shown nowhere else end. Returns
   * these streams.
   */
  private async forget(
    session: ClientSession,
    roomId: string,
    endedStreamIds?: string[],
  ): Promise<Upstream[]> {
    const orphaned = session.leave(roomId);
    const ending =
      endedStreamIds?.map((streamId) => this.publications.forget(session, streamId)) ??
      orphaned.map(({ streamId }) => this.publications.stopQuietly(session, streamId));
    const unbinding = session.downlinks
      .streamsOfRoom(roomId)
      .map((streamId) => this.playbacks.unbind(session, streamId, roomId, 'left'));
    await Promise.all([...ending, ...unbinding]);
    return orphaned;
  }

  /**
   * Leaves a room whose login timed out. The same request ID gets the same reply, which has the epoch that leaving
   * needs.
   */
  private async undo(session: ClientSession, request: RequestOf<typeof roomRpc.login>): Promise<void> {
    const { roomId } = request;
    // Serialized with other logins into this room, which are refused until this one is undone.
    await retry(() => session.runForRoom(roomId, () => this.undoOnce(session, request)), {
      attempts: undoAttempts,
      firstDelayMs: undoIntervalMs,
      // Else the room service refused the login: there is no membership to leave.
      shouldRetry: (error) => AppError.is(error, 'BUS_TIMEOUT') || AppError.is(error, 'BUS_UNAVAILABLE'),
      onFailure: (error) =>
        this.logger.warn({ err: error, sessionId: session.sessionId, roomId }, 'login not undone yet'),
    }).catch(() => undefined);
  }

  private async undoOnce(session: ClientSession, request: RequestOf<typeof roomRpc.login>): Promise<void> {
    if (session.state !== 'open') {
      // Otherwise its client may have resumed it: this membership ends with the next login into the room, or when the
      // gateway compares its sessions with the records.
      const isOver = request.opens || session.expulsionCode !== undefined;
      if (isOver) {
        // A login of an expelled session would expel its successor.
        await this.bus.request(roomRpc.endSession, { session: session.ref });
      }
      return;
    }
    const { epoch } = await this.bus.request(roomRpc.login, request);
    await this.bus.request(roomRpc.logout, { session: session.ref, roomId: request.roomId, epoch });
  }

  /** The current state of a room. Throws 1002002 if the session is no longer in it. */
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

  /** Leaves a room locally if the records no longer have the membership. */
  async dropUnheld(session: ClientSession, roomId: string): Promise<void> {
    const membership = session.findMembership(roomId);
    if (membership === undefined) {
      return;
    }
    const rooms = [{ roomId, epoch: membership.epoch }];
    const { lostRoomIds } = await this.bus.request(roomRpc.readMemberRooms, { session: session.ref, rooms });
    if (lostRoomIds.length > 0) {
      await this.drop(session, roomId, membership.epoch);
    }
  }

  /** Ends a membership that exists only in the records; true if there was one. Never rejects. */
  async leaveQuietly(session: ClientSession, roomId: string, epoch: number): Promise<boolean> {
    try {
      await this.bus.request(roomRpc.logout, { session: session.ref, roomId, epoch });
      return true;
    } catch (error) {
      if (!AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
        this.logger.warn({ err: error, sessionId: session.sessionId, roomId }, 'late login not undone');
      }
      return false;
    }
  }
}
