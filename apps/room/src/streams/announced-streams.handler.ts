import { Controller, Inject } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, type ParsedRequestOf, type ReplyOf, roomDirectoryRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';

/** Streams that application servers list in rooms, and stream IDs that they forbid. */
@Controller()
export class AnnouncedStreamsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  @RpcHandler(roomDirectoryRpc.announceStream)
  async announce({
    appId,
    roomId,
    streamId,
    user,
    extraInfo,
  }: ParsedRequestOf<typeof roomDirectoryRpc.announceStream>): Promise<
    ReplyOf<typeof roomDirectoryRpc.announceStream>
  > {
    const stream = { streamId, user, extraInfo };
    const { added, roomEpoch, seq } = await this.store.room.announce(
      appId,
      roomId,
      stream,
      roomDirectoryRpc.maxAnnouncedStreams,
    );
    if (added) {
      this.facts.publish(appId, roomId, {
        type: 'streamAdded',
        roomEpoch,
        seq,
        stream: { ...stream, kinds: ['audio', 'video'] },
      });
    }
    return { added };
  }

  @RpcHandler(roomDirectoryRpc.withdrawStream)
  async withdraw({
    appId,
    roomId,
    streamId,
  }: ParsedRequestOf<typeof roomDirectoryRpc.withdrawStream>): Promise<
    ReplyOf<typeof roomDirectoryRpc.withdrawStream>
  > {
    const hidden = await this.store.room.hide({ appId, sessionId: '' }, roomId, streamId, 'byServer');
    if (hidden !== undefined) {
      this.facts.removed(appId, roomId, hidden.roomEpoch, [hidden], streamRemovedReasons.byServer);
      return { removed: true, isOfSession: false };
    }
    const streams = await this.store.reader.listTimedStreams(appId, roomId);
    return { removed: false, isOfSession: streams.some((stream) => stream.streamId === streamId) };
  }

  @RpcHandler(roomDirectoryRpc.forbidStream)
  async forbid({
    appId,
    streamId,
    forSeconds,
  }: ParsedRequestOf<typeof roomDirectoryRpc.forbidStream>): Promise<
    ReplyOf<typeof roomDirectoryRpc.forbidStream>
  > {
    const { maxBans } = await this.entitlements.get(appId);
    if (!(await this.store.stream.forbid(appId, streamId, forSeconds * 1000, maxBans))) {
      throw new AppError('APP_EXCEED_MAXIMUM_BAN_COUNT', { details: { maxBans } });
    }
    // Read after the ID is forbidden: a claim that this does not see yet is refused by it.
    const session = forSeconds === 0 ? undefined : await this.store.reader.findOwner(appId, streamId);
    if (session === undefined) {
      return {};
    }
    const { sessions } = await this.store.reader.readUser(appId, session.userId);
    const held = sessions.find(({ sessionId }) => sessionId === session.sessionId);
    return held === undefined ? {} : { owner: { session, gatewayId: held.gatewayId } };
  }
}
