import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  roomAdminRpc,
  roomRpc,
  type SessionRef,
} from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';

/** Stream IDs and the rooms that show them. */
@Controller()
export class StreamsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  @RpcHandler(roomRpc.claimStream)
  async claim({
    session,
    streamId,
    channel,
    nodeId,
  }: ParsedRequestOf<typeof roomRpc.claimStream>): Promise<ReplyOf<typeof roomRpc.claimStream>> {
    // Claim of the user first: if a later step fails, the end of the session still releases the stream.
    await this.store.user.reserveClaim(session, streamId, channel);
    try {
      await this.store.stream.claim(session, streamId, nodeId);
    } catch (error) {
      await this.store.user.dropClaim(session, streamId);
      throw error;
    }
    return {};
  }

  @RpcHandler(roomRpc.releaseStream)
  async release({
    session,
    streamId,
  }: ParsedRequestOf<typeof roomRpc.releaseStream>): Promise<ReplyOf<typeof roomRpc.releaseStream>> {
    const { roomIds } = await this.store.stream.release(session, streamId, { onlyUnshared: false });
    for (const roomId of roomIds) {
      await this.hide(session, roomId, streamId);
    }
    await this.store.user.dropClaim(session, streamId);
    return { roomIds };
  }

  @RpcHandler(roomRpc.shareStream)
  async share({
    session,
    user,
    epoch,
    roomId,
    streamId,
    kinds,
    extraInfo,
    mutedKinds,
  }: ParsedRequestOf<typeof roomRpc.shareStream>): Promise<ReplyOf<typeof roomRpc.shareStream>> {
    const roomIds = await this.store.stream.addShare(session, streamId, roomId);
    let shown;
    try {
      // After the share: a ban that is set now finds it.
      await this.assertMayPublish(session, roomId);
      shown = await this.store.room.show(session, roomId, epoch, {
        ...{ streamId, kinds, mutedKinds },
        ...(extraInfo === undefined ? {} : { extraInfo }),
      });
    } catch (error) {
      await this.store.stream.removeShare(session, streamId, roomId);
      throw error;
    }
    const { change, roomEpoch, seq, stream } = shown;
    if (change !== '') {
      this.facts.publish(session.appId, roomId, {
        ...{ type: change === 'added' ? 'streamAdded' : 'streamChanged', roomEpoch, seq },
        ...{ origin: { sessionId: session.sessionId }, stream: { ...stream, user } },
      });
    }
    try {
      // A withdrawal before `show` has found nothing to hide.
      await Promise.all([
        this.assertMayPublish(session, roomId),
        this.assertShared(session, roomId, streamId),
      ]);
    } catch (error) {
      const isForbidden = AppError.is(error) && error.fault === 'client';
      // A stream that was shown before stays if the store cannot answer.
      if (isForbidden || change === 'added') {
        await this.hide(session, roomId, streamId, 'byServer');
        await this.store.stream.removeShare(session, streamId, roomId);
      }
      throw error;
    }
    return { roomIds };
  }

  @RpcHandler(roomRpc.updateStream)
  async update({
    session,
    streamId,
    rooms,
  }: ParsedRequestOf<typeof roomRpc.updateStream>): Promise<ReplyOf<typeof roomRpc.updateStream>> {
    await Promise.all(
      rooms.map(async ({ roomId, ...change }) => {
        const changed = await this.store.room.update(session, roomId, streamId, change);
        if (changed !== undefined) {
          this.facts.publish(session.appId, roomId, {
            ...{ type: 'streamChanged', ...changed },
            origin: { sessionId: session.sessionId },
          });
        }
      }),
    );
    return {};
  }

  @RpcHandler(roomRpc.unshareStream)
  async unshare({
    session,
    roomId,
    streamId,
  }: ParsedRequestOf<typeof roomRpc.unshareStream>): Promise<ReplyOf<typeof roomRpc.unshareStream>> {
    await this.hide(session, roomId, streamId);
    return { roomIds: await this.store.stream.removeShare(session, streamId, roomId) };
  }

  @RpcHandler(roomRpc.locateStream)
  async locate({
    session,
    roomId,
    epoch,
    streamId,
  }: ParsedRequestOf<typeof roomRpc.locateStream>): Promise<ReplyOf<typeof roomRpc.locateStream>> {
    const [isMember, nodeId, isForbidden] = await Promise.all([
      this.store.reader.isMember(session, roomId, epoch),
      this.store.reader.locate(session.appId, roomId, streamId),
      this.store.bans.forbids(session.appId, roomId, session.userId, 'play'),
    ]);
    if (!isMember) {
      throw new AppError('ROOM_ROOMID_INCORRECT');
    }
    if (nodeId === undefined) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    if (isForbidden) {
      throw new AppError('PLAYER_SERVER_FORBID', { details: { roomId, problem: 'banned' } });
    }
    return { nodeId };
  }

  @RpcHandler(roomAdminRpc.findStream)
  async find({
    appId,
    streamId,
  }: ParsedRequestOf<typeof roomAdminRpc.findStream>): Promise<ReplyOf<typeof roomAdminRpc.findStream>> {
    const nodeId = await this.store.reader.findNodeOf(appId, streamId);
    if (nodeId === undefined) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    return { nodeId };
  }

  private async assertMayPublish({ appId, userId }: SessionRef, roomId: string): Promise<void> {
    if (await this.store.bans.forbids(appId, roomId, userId, 'publish')) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { roomId, problem: 'banned' } });
    }
  }

  private async assertShared(
    { appId, sessionId }: SessionRef,
    roomId: string,
    streamId: string,
  ): Promise<void> {
    const [owner, roomIds] = await Promise.all([
      this.store.reader.findOwner(appId, streamId),
      this.store.reader.sharesOf(appId, streamId),
    ]);
    if (owner?.sessionId !== sessionId || !roomIds.includes(roomId)) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { roomId, problem: 'withdrawn' } });
    }
  }

  private async hide(
    session: SessionRef,
    roomId: string,
    streamId: string,
    reason: 'stopped' | 'byServer' = 'stopped',
  ): Promise<void> {
    const hidden = await this.store.room.hide(session, roomId, streamId, reason);
    if (hidden !== undefined) {
      this.facts.removed(session.appId, roomId, hidden.roomEpoch, [hidden], streamRemovedReasons[reason]);
    }
  }
}
