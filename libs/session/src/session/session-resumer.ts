import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  findErrorName,
  type MediaSession,
  type mediaRpc,
  type MuteAuthor,
  type ReplyOf,
  roomRpc,
  type RoomSnapshot,
} from '@polyroom/contracts';
import { type Logger } from 'pino';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from '../media/media-nodes.js';
import { MediaPlane } from '../media/media-plane.js';
import { type RoomSubscription } from '../rooms/room-subscription.js';
import { type Caller } from './caller.js';
import { ClientSession } from './client-session.js';
import { Membership } from './membership.js';
import { NodeRecorder } from './node-recorder.js';
import { Publications } from './publications.js';
import { hashResumeToken } from './resume-token.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';
import { SessionRooms } from './session-rooms.js';
import { TokenExpiry } from './token-expiry.js';
import { type Mute } from './upstream.js';
import { UpstreamMutes } from './upstream-mutes.js';

type Params = ClientParams<'session.resume'>;
type Result = ClientResult<'session.resume'>;
type Resumed = ReplyOf<typeof roomRpc.resumeSession>;

export interface ResumedSession {
  session: ClientSession;
  result: Result;
  /** Call it once the client has the result. */
  activate: () => void;
}

const revokedCode = new AppError('ROOM_TOKEN_REVOKED').code;
const lostCode = new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT').code;

/** Takes over a session, with all its rooms, from a broken socket of this or another gateway. */
@Injectable()
export class SessionResumer {
  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    private readonly rooms: SessionRooms,
    private readonly publications: Publications,
    private readonly nodes: MediaNodes,
    private readonly media: MediaPlane,
    private readonly mutes: UpstreamMutes,
    private readonly recorder: NodeRecorder,
    private readonly revokedTokens: RevokedTokens,
    private readonly expiry: TokenExpiry,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  resume(caller: Caller, params: Params): Promise<ResumedSession> {
    return this.registry.expecting(params.sessionId, () => this.resumeExpected(caller, params));
  }

  private async resumeExpected({ connection, slot }: Caller, params: Params): Promise<ResumedSession> {
    const { appId, userId, sessionId } = params;
    const ref = { appId, userId, sessionId };
    const { gatewayId } = this.config;
    const resumeTokenHash = hashResumeToken(params.resumeToken);
    const resumed = await this.bus.request(roomRpc.resumeSession, {
      session: ref,
      gatewayId,
      resumeTokenHash,
      ...(connection.clientAddress === undefined ? {} : { clientAddress: connection.clientAddress }),
    });
    const session = new ClientSession(
      {
        appId,
        sessionId,
        mode: resumed.mode,
        user: resumed.user,
        gatewayId,
        appSign: undefined,
        attach: resumed.attach,
        resumeTokenHash,
        clientAddress: connection.clientAddress,
      },
      resumed.nodeId ?? this.nodes.choose([]),
      connection,
      slot,
    );
    this.lifecycle.adopt(session);
    try {
      const restored = await this.restore(session, resumed, params);
      const { endOfTokens, expulsionCode } = session;
      if (expulsionCode !== undefined) {
        // Its transports may have been opened since.
        await this.media.closeSession(session.nodeId, session.ref);
        throw new AppError(endOfTokens ?? findErrorName(expulsionCode) ?? 'ROOM_KICKED_OUT');
      }
      return restored;
    } catch (error) {
      // The client asks again, here or at another gateway; until then the session has no socket.
      await this.lifecycle.suspendSession(session);
      throw error;
    }
  }

  private async restore(session: ClientSession, resumed: Resumed, params: Params): Promise<ResumedSession> {
    const subscriptions = new Map<string, RoomSubscription>();
    for (const { roomId, note } of resumed.rooms) {
      subscriptions.set(roomId, this.rooms.subscribe(session, roomId, note.isUserStatusNotify));
    }
    for (const { roomId, epoch, note } of resumed.rooms) {
      const subscription = subscriptions.get(roomId)!;
      session.enter(new Membership({ roomId, epoch, note, requestId: undefined, subscription }));
    }
    const [{ snapshots, lostRoomIds }, media, revoked] = await Promise.all([
      this.bus.request(roomRpc.readMemberRooms, {
        session: session.ref,
        rooms: resumed.rooms.map(({ roomId, epoch }) => ({ roomId, epoch })),
      }),
      this.restoreMedia(session, resumed, params.renewMedia === true),
      this.revokedTokens.findIn(session),
    ]);
    await this.leaveRevoked(session, revoked);
    const isRevoked = (roomId: string): boolean => revoked.some((room) => room.roomId === roomId);
    for (const roomId of lostRoomIds) {
      for (const { streamId } of session.leave(roomId)) {
        void this.publications.stopQuietly(session, streamId);
      }
    }
    for (const upstream of session.upstreams) {
      await Promise.all(
        [...upstream.roomIds].map((roomId) => this.mutes.follow(session, upstream.streamId, roomId)),
      );
    }
    session.markSettled();
    // A room may have been taken away since it was read.
    const kept = snapshots.filter(({ roomId }) => session.findMembership(roomId) !== undefined);
    const takenAway = snapshots.filter((room) => !kept.includes(room) && !isRevoked(room.roomId));
    if (session.nodeId !== resumed.nodeId) {
      void this.recorder.record(session);
    }
    this.logger.info(
      { sessionId: session.sessionId, rooms: kept.length, attach: session.options.attach },
      'session resumed',
    );
    return {
      session,
      result: {
        rooms: kept.map((snapshot) => toResult(session, snapshot, params)),
        lost: [
          ...resumed.lost,
          ...revoked.map(({ roomId }) => ({ roomId, code: revokedCode })),
          ...lostRoomIds.filter((roomId) => !isRevoked(roomId)).map((roomId) => ({ roomId, code: lostCode })),
          ...takenAway.map(({ roomId }) => ({ roomId, code: lostCode })),
          ...findForgotten(params, resumed, lostRoomIds),
        ],
        upstreams: session.upstreams
          .filter(({ roomIds }) => roomIds.size > 0)
          .map(({ streamId, channel, roomIds }) => ({
            streamId,
            channel,
            roomIds: [...roomIds],
          })),
        ...(media === undefined ? {} : { media }),
      },
      activate: () => {
        for (const snapshot of kept) {
          subscriptions.get(snapshot.roomId)?.activate(snapshot);
        }
      },
    };
  }

  /** Leaves rooms whose token was revoked while the session had no socket. Throws 1190403 if there are no others. */
  private async leaveRevoked(session: ClientSession, revoked: readonly Membership[]): Promise<void> {
    if (revoked.length === 0) {
      return;
    }
    const why = 'ROOM_TOKEN_REVOKED';
    if (revoked.length === session.memberships.length) {
      await this.expiry.expire(session, revoked, why);
      throw new AppError(why);
    }
    const rooms = revoked.map(({ roomId, epoch }) => ({ roomId, epoch }));
    void this.expiry.report(session, rooms, why);
    await Promise.all(rooms.map(({ roomId }) => this.rooms.drop(session, roomId)));
  }

  /** Adopts what the media node still holds of the session; otherwise opens new transports and returns them. */
  private async restoreMedia(
    session: ClientSession,
    resumed: Resumed,
    renew: boolean,
  ): Promise<MediaSession | undefined> {
    const found = await this.media.findSession(session.nodeId, session.ref);
    if (renew && found !== undefined) {
      await this.media.closeSession(found.nodeId, session.ref);
    }
    if (found !== undefined && !renew) {
      const { held } = found;
      session.moveTo(found.nodeId);
      for (const { streamId, channel, roomIds } of resumed.upstreams) {
        const found = held.upstreams.find((upstream) => upstream.streamId === streamId);
        if (found === undefined || roomIds.length === 0) {
          // Published partly, or removed from its last room meanwhile: no room shows it.
          void this.publications.stopQuietly(session, streamId);
          continue;
        }
        const mutes = toMutes(found.mutes);
        session.restoreUpstream({ streamId, channel, kinds: found.kinds, roomIds, mutes });
      }
      for (const { streamId, roomIds } of held.downlinks) {
        for (const roomId of roomIds) {
          session.bind(streamId, roomId);
        }
      }
      return undefined;
    }
    for (const { streamId } of resumed.upstreams) {
      await this.publications.stopQuietly(session, streamId);
    }
    session.moveTo(await this.nodes.chooseOrWait([session.nodeId]));
    return this.media.openSession(session.nodeId, session.ref);
  }
}

type HeldMutes = ReplyOf<typeof mediaRpc.getSession>['upstreams'][number]['mutes'];

function toMutes({ everywhere, operator, publisher }: HeldMutes): Mute[] {
  const inRooms = (by: MuteAuthor, rules: HeldMutes['publisher']): Mute[] =>
    rules.flatMap(({ roomId, kinds }) => kinds.map((kind) => ({ by, roomId, kind })));
  return [
    ...everywhere.map((kind): Mute => ({ by: 'publisher', roomId: undefined, kind })),
    ...inRooms('publisher', publisher),
    ...inRooms('operator', operator),
  ];
}

function toResult(session: ClientSession, snapshot: RoomSnapshot, params: Params): Result['rooms'][number] {
  const { roomId, roomEpoch, seq } = snapshot;
  const known = params.rooms.find((room) => room.roomId === roomId);
  if (known?.roomEpoch === roomEpoch && known.seq === seq) {
    return { roomId };
  }
  return { roomId, snapshot: withoutOwn(session, snapshot) };
}

/** The snapshot without the session's own user and streams. */
export function withoutOwn(session: ClientSession, snapshot: RoomSnapshot): RoomSnapshot {
  const { userId } = session.ref;
  return {
    ...snapshot,
    members: snapshot.members.filter((member) => member.userId !== userId),
    streams: snapshot.streams.filter((stream) => stream.user.userId !== userId),
  };
}

/** Rooms that the client lists and that the room service does not know of. */
function findForgotten(params: Params, resumed: Resumed, lostRoomIds: string[]): Result['lost'] {
  const named = new Set([
    ...resumed.rooms.map(({ roomId }) => roomId),
    ...resumed.lost.map(({ roomId }) => roomId),
    ...lostRoomIds,
  ]);
  return params.rooms
    .filter(({ roomId }) => !named.has(roomId))
    .map(({ roomId }) => ({ roomId, code: lostCode }));
}
