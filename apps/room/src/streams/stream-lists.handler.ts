import { Controller } from '@nestjs/common';
import {
  AppError,
  firstDataChannel,
  type ParsedRequestOf,
  type ReplyOf,
  roomAdminRpc,
} from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { RoomStore } from '@polyroom/room-store';
import { StreamWithdrawal } from './stream-withdrawal.js';

/** Streams as application servers and operators see them, and end them. */
@Controller()
export class StreamListsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly withdrawal: StreamWithdrawal,
  ) {}

  @RpcHandler(roomAdminRpc.listRoomStreams)
  async listOfRoom({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomAdminRpc.listRoomStreams>): Promise<
    ReplyOf<typeof roomAdminRpc.listRoomStreams>
  > {
    const streams = await this.store.reader.listStreams(appId, roomId);
    if (streams === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
    }
    return { streams };
  }

  @RpcHandler(roomAdminRpc.listUserStreams)
  async listOfUser({
    appId,
    userId,
  }: ParsedRequestOf<typeof roomAdminRpc.listUserStreams>): Promise<
    ReplyOf<typeof roomAdminRpc.listUserStreams>
  > {
    const streams = await this.store.reader.listStreamsOf(appId, userId);
    return {
      streams: streams.map(({ channel, ...stream }) => ({
        ...stream,
        ...(channel < firstDataChannel ? { channel } : {}),
      })),
    };
  }

  @RpcHandler(roomAdminRpc.stopStream)
  async stop({
    appId,
    streamId,
  }: ParsedRequestOf<typeof roomAdminRpc.stopStream>): Promise<ReplyOf<typeof roomAdminRpc.stopStream>> {
    const roomIds = await this.withdrawal.end(appId, streamId);
    if (roomIds === undefined) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { details: { streamId } });
    }
    return { roomIds };
  }
}
