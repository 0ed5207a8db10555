import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, type ParsedRequestOf, type ReplyOf, sessionAdminRpc } from '@polyroom/contracts';
import { RoomStore, type UserRecords } from '@polyroom/room-store';

type Session = UserRecords['sessions'][number];

/** Finds the process that holds a session, for operators' requests that only this process can carry out. */
@Controller()
export class HeldSessionsHandler {
  constructor(private readonly store: RoomStore) {}

  @RpcHandler(sessionAdminRpc.findSession)
  async find({
    appId,
    userId,
    roomId,
  }: ParsedRequestOf<typeof sessionAdminRpc.findSession>): Promise<
    ReplyOf<typeof sessionAdminRpc.findSession>
  > {
    const { rooms, sessions } = await this.store.reader.readUser(appId, userId);
    const [slot] = rooms
      .filter((room) => room.state === 'live' && (roomId === undefined || room.roomId === roomId))
      .sort((one, other) => one.epoch - other.epoch);
    if (slot === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT', {
        details: { userId, ...(roomId === undefined ? {} : { roomId }) },
      });
    }
    const { gatewayId, sessionId } = getConnected(sessions, slot.sessionId);
    return { session: { appId, userId, sessionId }, gatewayId, roomId: slot.roomId };
  }

  @RpcHandler(sessionAdminRpc.findStreamSession)
  async findOfStream({
    appId,
    streamId,
  }: ParsedRequestOf<typeof sessionAdminRpc.findStreamSession>): Promise<
    ReplyOf<typeof sessionAdminRpc.findStreamSession>
  > {
    const session = await this.store.reader.findOwner(appId, streamId);
    if (session === undefined) {
      throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', {
        details: { streamId, problem: 'not published' },
      });
    }
    const { sessions } = await this.store.reader.readUser(appId, session.userId);
    return { session, gatewayId: getConnected(sessions, session.sessionId).gatewayId };
  }
}

function getConnected(sessions: readonly Session[], sessionId: string): Session {
  const session = sessions.find((candidate) => candidate.sessionId === sessionId);
  if (session?.state !== 'live') {
    throw new AppError('SESSION_NOT_CONNECTED', { details: { sessionId } });
  }
  return session;
}
