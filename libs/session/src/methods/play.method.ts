import { Inject } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  hasRight,
  mediaRpc,
  roomRpc,
} from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { type Membership } from '../session/membership.js';
import { Playbacks } from '../session/playbacks.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'stream.play'>;
type Result = ClientResult<'stream.play'>;

/** `stream.play`: binds a stream to a room for this viewer; the first binding makes the downlink. */
@HandlesClientMethod('stream.play', { emptyRoomIdError: 'PLAYER_PLAY_STREAM_WITH_ROOM_ID_IS_NULL' })
export class PlayMethod implements MethodHandler<'stream.play'> {
  constructor(
    private readonly bus: Bus,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    private readonly playbacks: Playbacks,
  ) {}

  handle(request: MethodRequest, params: Params): Promise<Result> {
    const session = getSession(request);
    return session.runForPlayer(params.streamId, async () => {
      if (params.roomId !== undefined) {
        // Outside the downlink's queue: the login may wait for a room to be left, which unbinds the stream there.
        await request.slot.whenEntered(params.roomId);
      }
      return session.runForDownlink(params.streamId, () => this.play(session, params));
    });
  }

  private async play(session: ClientSession, params: Params): Promise<Result> {
    if (params.roomId !== undefined) {
      const membership = session.getMembership(params.roomId, 'ROOM_ROOMID_INCORRECT');
      return this.playInRoom(session, membership, params);
    }
    let refusal = new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { details: { streamId: params.streamId } });
    for (const membership of session.memberships) {
      try {
        const { roomId } = membership;
        return await this.playInRoom(session, session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT'), params);
      } catch (error) {
        // Not here: perhaps the next room shows it, or lets it be played.
        const isElsewhere =
          AppError.is(error, 'PLAYER_PLAY_STREAM_NOT_EXIST') || AppError.is(error, 'ROOM_ROOMID_INCORRECT');
        if (
          AppError.is(error, 'PLAYER_SERVER_FORBID') ||
          AppError.is(error, 'ROOM_TOKEN_EXPIRED_KICKED_OUT') ||
          AppError.is(error, 'ROOM_TOKEN_REVOKED')
        ) {
          refusal = error;
        } else if (!isElsewhere) {
          throw error;
        }
      }
    }
    throw refusal;
  }

  private async playInRoom(session: ClientSession, membership: Membership, params: Params): Promise<Result> {
    const { roomId, epoch, grants } = membership;
    const { data = false, resumeAfterMs, rtpCapabilities, streamId, transportId } = params;
    if (!hasRight(grants, roomId, 'subscribe')) {
      throw new AppError('PLAYER_SERVER_FORBID', { details: { roomId, right: 'subscribe' } });
    }
    // Entered first: should the room be left or the stream be taken away meanwhile, the binding is found.
    const isNew = session.bind(streamId, roomId);
    try {
      const [{ nodeId }, { maxDataPlays, maxPlays }] = await Promise.all([
        this.bus.request(roomRpc.locateStream, { session: session.ref, roomId, epoch, streamId }),
        this.entitlements.get(session.ref.appId, session.ref.userId),
      ]);
      return await this.bus.requestNode(mediaRpc.bindDownlink, session.nodeId, {
        session: session.ref,
        streamId,
        roomId,
        sourceNodeId: nodeId,
        rtpCapabilities,
        ...(data ? { data, maxPlays: maxDataPlays } : { maxPlays }),
        ...(transportId === undefined ? {} : { transportId }),
        ...(resumeAfterMs === undefined ? {} : { resumeAfterMs }),
      });
    } catch (error) {
      if (isNew && AppError.is(error, 'BUS_TIMEOUT')) {
        // The binding may stand all the same; taking it away runs behind this play.
        void this.playbacks.unbind(session, streamId, roomId, 'unshared');
      } else if (isNew) {
        session.unbind(streamId, roomId);
      }
      throw error;
    }
  }
}
