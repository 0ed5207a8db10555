import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/bus';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';

/** Leaving one room: its seat, its shares and its slot, once; the other rooms stay as they are. */
@Controller()
export class LogoutHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
  ) {}

  @RpcHandler(roomRpc.logout)
  async logout({
    session,
    roomId,
    epoch,
  }: ParsedRequestOf<typeof roomRpc.logout>): Promise<ReplyOf<typeof roomRpc.logout>> {
    // The seat first: a slot that is free while its seat is taken would let the user be in one room too many.
    const unshared = await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.stopped);
    const ended = new Set<string>();
    for (const streamId of unshared) {
      const { released } = await this.store.stream.release(session, streamId, { onlyUnshared: true });
      if (released) {
        await this.store.user.dropClaim(session, streamId);
        ended.add(streamId);
      }
    }
    const { sessionEnded, streams } = await this.store.user.release(session, roomId, epoch);
    if (sessionEnded) {
      for (const streamId of streams) {
        await this.store.stream.release(session, streamId, { onlyUnshared: false });
        ended.add(streamId);
      }
    }
    return { endedStreamIds: [...ended] };
  }
}
