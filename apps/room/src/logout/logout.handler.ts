import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';

/** Logouts that a client requests: from one room, or from all rooms, which ends the session. */
@Controller()
export class LogoutHandler {
  constructor(private readonly ender: SessionEnder) {}

  @RpcHandler(roomRpc.logout)
  async logout({
    session,
    roomId,
    epoch,
  }: ParsedRequestOf<typeof roomRpc.logout>): Promise<ReplyOf<typeof roomRpc.logout>> {
    const { endedStreamIds } = await this.ender.logout(session, roomId, epoch);
    return { endedStreamIds };
  }

  @RpcHandler(roomRpc.endSession)
  async end({
    session,
  }: ParsedRequestOf<typeof roomRpc.endSession>): Promise<ReplyOf<typeof roomRpc.endSession>> {
    const { roomIds } = await this.ender.end(session, streamRemovedReasons.stopped);
    return { leftRoomIds: roomIds };
  }
}
