import { Controller } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { memberMuteChanged, type ParsedRequestOf, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { type Muted, type MuteTarget, RoomStore } from '@polyroom/room-store';
import { RoomFacts } from '../room-facts.js';

type MemberRequest = ParsedRequestOf<typeof roomAdminRpc.setMemberMute>;
type StreamRequest = ParsedRequestOf<typeof roomAdminRpc.setStreamMute>;
type Reply = ReplyOf<typeof roomAdminRpc.setMemberMute>;
type Room = Pick<MemberRequest, 'appId' | 'roomId'>;

/** Mutes by operators. They belong to a user and a kind in a room, whatever the stream or the session. */
@Controller()
export class MutesHandler {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  @RpcHandler(roomAdminRpc.setMemberMute)
  setOfMember({ userId, ...request }: MemberRequest): Promise<Reply> {
    return this.set(request, { userId });
  }

  @RpcHandler(roomAdminRpc.setStreamMute)
  setOfStream({ streamId, ...request }: StreamRequest): Promise<Reply> {
    return this.set(request, { streamId });
  }

  @RpcHandler(roomAdminRpc.readMemberMutes)
  async readOfMember({
    userId,
    ...room
  }: ParsedRequestOf<typeof roomAdminRpc.readMemberMutes>): Promise<Reply> {
    return { kinds: (await this.readAll(room, { userId })).kinds };
  }

  @RpcHandler(roomAdminRpc.readStreamMutes)
  async readOfStream({
    streamId,
    ...room
  }: ParsedRequestOf<typeof roomAdminRpc.readStreamMutes>): Promise<Reply> {
    return { kinds: (await this.readAll(room, { streamId })).kinds };
  }

  @RpcHandler(roomAdminRpc.readMutes)
  async read({
    userId,
    streamId,
    ...room
  }: ParsedRequestOf<typeof roomAdminRpc.readMutes>): Promise<ReplyOf<typeof roomAdminRpc.readMutes>> {
    const { kinds, untilMs } = await this.readAll(room, { userId, streamId });
    return { kinds, ...(untilMs === undefined ? {} : { untilMs }) };
  }

  private async set(
    { appId, roomId, kind, muted, forSeconds }: Omit<MemberRequest, 'userId'>,
    target: MuteTarget,
  ): Promise<Reply> {
    const { room } = this.store;
    const result = muted
      ? await room.mute(appId, roomId, target, kind, forSeconds * 1000)
      : await room.liftMute(appId, roomId, target, kind);
    this.announce({ appId, roomId }, result);
    return { kinds: result.kinds };
  }

  /** Announces the mutes too whose time has passed, and that of a stream that has become its user's. */
  private async readAll(room: Room, target: MuteTarget): Promise<Muted> {
    const result = await this.store.room.readMutes(room.appId, room.roomId, target);
    this.announce(room, result);
    return result;
  }

  private announce({ appId, roomId }: Room, { roomEpoch, userId, changed, changedStreams }: Muted): void {
    for (const { streamId, kinds, seq } of changedStreams) {
      this.facts.publish(appId, roomId, { type: 'streamMuted', roomEpoch, seq, streamId, kinds });
    }
    if (changed && userId !== undefined) {
      // No room fact names a stream whose share is in progress, so the gateway of the user reads the mutes again.
      this.bus.publish(memberMuteChanged, {}, { appId, roomId, userId });
    }
  }
}
