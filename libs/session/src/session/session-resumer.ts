import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  type MediaSession,
  type mediaRpc,
  type ReplyOf,
  roomRpc,
  type RoomSnapshot,
} from '@polyroom/contracts';
import { type Logger } from 'pino';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from '../media/media-nodes.js';
import { MediaPlane } from '../media/media-plane.js';
import { type RoomSeat } from '../rooms/room-seat.js';
import { type Caller } from './caller.js';
import { ClientSession } from './client-session.js';
import { Membership } from './membership.js';
import { Publications } from './publications.js';
import { hashResumeToken } from './resume-token.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';
import { SessionRooms } from './session-rooms.js';
import { type Upstream } from './upstream.js';
import { UpstreamMutes } from './upstream-mutes.js';

type Params = ClientParams<'session.resume'>;
type Result = ClientResult<'session.resume'>;
type Resumed = ReplyOf<typeof roomRpc.resumeSession>;

export interface ResumedSession {
  session: ClientSession;
  result: Result;
  /** To be called once the client has the result. */
  activate: () => void;
}

const lostCode = new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT').code;

/** Takes a session over from a socket that broke, here or at another gateway, with all its rooms. */
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
    });
    const session = new ClientSession(
      {
        appId,
        sessionId,
        mode: resumed.mode,
        user: resumed.user,
        gatewayId,
        nodeId: resumed.nodeId ?? this.nodes.choose([]),
        appSign: undefined,
        attach: resumed.attach,
        resumeTokenHash,
        clientAddress: connection.clientAddress,
      },
      connection,
      slot,
    );
    this.lifecycle.adopt(session);
    try {
      return await this.restore(session, resumed, params);
    } catch (error) {
      // Its client asks again, here or elsewhere; until then the session is without a socket.
      await this.lifecycle.suspendSession(session);
      throw error;
    }
  }

  private async restore(session: ClientSession, resumed: Resumed, params: Params): Promise<ResumedSession> {
    const seats = new Map<string, RoomSeat>();
    for (const { roomId, note } of resumed.rooms) {
      seats.set(roomId, this.rooms.takeSeat(session, roomId, note.isUserStatusNotify));
    }
    for (const { roomId, epoch, note } of resumed.rooms) {
      const seat = seats.get(roomId)!;
      session.memberships.set(roomId, new Membership({ roomId, epoch, note, requestId: '', seat }));
    }
    const [{ snapshots, lostRoomIds }, media] = await Promise.all([
      this.bus.request(roomRpc.readMemberRooms, {
        session: session.ref,
        rooms: resumed.rooms.map(({ roomId, epoch }) => ({ roomId, epoch })),
      }),
      this.restoreMedia(session, resumed, params.renewMedia === true),
    ]);
    for (const roomId of lostRoomIds) {
      session.memberships.delete(roomId);
      seats.get(roomId)?.release();
    }
    for (const upstream of session.upstreams.values()) {
      await Promise.all(
        [...upstream.roomIds].map((roomId) => this.mutes.follow(session, upstream.streamId, roomId)),
      );
    }
    session.isSettled = true;
    this.logger.info(
      { sessionId: session.sessionId, rooms: snapshots.length, attach: session.options.attach },
      'session resumed',
    );
    return {
      session,
      result: {
        rooms: snapshots.map((snapshot) => toResult(session, snapshot, params)),
        lost: [
          ...resumed.lost,
          ...lostRoomIds.map((roomId) => ({ roomId, code: lostCode })),
          ...findForgotten(params, resumed, lostRoomIds),
        ],
        upstreams: [...session.upstreams.values()].map(({ streamId, channel, roomIds }) => ({
          streamId,
          channel,
          roomIds: [...roomIds],
        })),
        ...(media === undefined ? {} : { media }),
      },
      activate: () => {
        for (const snapshot of snapshots) {
          seats.get(snapshot.roomId)?.activate(snapshot);
        }
      },
    };
  }

  /** What the media node still has of the session; where it has nothing, new transports. */
  private async restoreMedia(
    session: ClientSession,
    resumed: Resumed,
    renew: boolean,
  ): Promise<MediaSession | undefined> {
    const found = await this.media.findSession(session.options.nodeId, session.ref);
    if (renew && found !== undefined) {
      await this.media.closeSession(found.nodeId, session.ref);
    }
    if (found !== undefined && !renew) {
      const { held } = found;
      session.options.nodeId = found.nodeId;
      for (const { streamId, channel, roomIds } of resumed.upstreams) {
        const found = held.upstreams.find((upstream) => upstream.streamId === streamId);
        if (found === undefined || roomIds.length === 0) {
          // Half published, or taken out of its last room meanwhile: nobody sees it.
          void this.publications.stopQuietly(session, streamId);
          continue;
        }
        session.upstreams.set(streamId, {
          streamId,
          channel,
          kinds: new Set(found.kinds),
          roomIds: new Set(roomIds),
          ...toHeldMutes(found.mutes),
        });
      }
      for (const { streamId, roomIds } of held.downlinks) {
        for (const roomId of roomIds) {
          session.downlinks.add(streamId, roomId);
        }
      }
      return undefined;
    }
    for (const { streamId } of resumed.upstreams) {
      await this.publications.stopQuietly(session, streamId);
    }
    session.options.nodeId = await this.nodes.chooseOrWait([session.options.nodeId]);
    return this.media.openSession(session.options.nodeId, session.ref);
  }
}

type HeldMutes = ReplyOf<typeof mediaRpc.getSession>['upstreams'][number]['mutes'];

function toHeldMutes({ everywhere, operator, publisher }: HeldMutes): Pick<Upstream, 'forbidden' | 'mutes'> {
  const toMap = (list: HeldMutes['publisher']): Upstream['mutes'] =>
    new Map(list.map(({ roomId, kinds }) => [roomId, new Set(kinds)]));
  return { mutes: toMap(publisher).set('', new Set(everywhere)), forbidden: toMap(operator) };
}

function toResult(session: ClientSession, snapshot: RoomSnapshot, params: Params): Result['rooms'][number] {
  const { roomId, roomEpoch, seq } = snapshot;
  const known = params.rooms.find((room) => room.roomId === roomId);
  if (known?.roomEpoch === roomEpoch && known.seq === seq) {
    return { roomId };
  }
  return { roomId, snapshot: withoutOwn(session, snapshot) };
}

/** Nobody is shown to themselves. */
export function withoutOwn(session: ClientSession, snapshot: RoomSnapshot): RoomSnapshot {
  const { userId } = session.ref;
  return {
    ...snapshot,
    members: snapshot.members.filter((member) => member.userId !== userId),
    streams: snapshot.streams.filter((stream) => stream.user.userId !== userId),
  };
}

/** Rooms that the client takes itself to be in and that nobody else knows of. */
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
