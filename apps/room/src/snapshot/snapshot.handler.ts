import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  roomAdminRpc,
  roomRpc,
  snapshotMostMembers,
} from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';

@Controller()
export class SnapshotHandler {
  constructor(private readonly store: RoomStore) {}

  @RpcHandler(roomRpc.getSnapshot)
  async getSnapshot({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomRpc.getSnapshot>): Promise<ReplyOf<typeof roomRpc.getSnapshot>> {
    const room = await this.store.reader.findRoom(appId, roomId, snapshotMostMembers);
    if (room === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT');
    }
    return { roomId, ...room };
  }

  @RpcHandler(roomAdminRpc.listUserRooms)
  async listUserRooms({
    appId,
    userId,
  }: ParsedRequestOf<typeof roomAdminRpc.listUserRooms>): Promise<
    ReplyOf<typeof roomAdminRpc.listUserRooms>
  > {
    const { rooms } = await this.store.reader.readUser(appId, userId);
    return { rooms: rooms.map(({ roomId, sessionId, epoch }) => ({ roomId, sessionId, epoch })) };
  }
}
