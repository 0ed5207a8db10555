import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/bus';
import { AppError, type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';

@Controller()
export class SnapshotHandler {
  constructor(private readonly store: RoomStore) {}

  @RpcHandler(roomRpc.getSnapshot)
  async getSnapshot({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomRpc.getSnapshot>): Promise<ReplyOf<typeof roomRpc.getSnapshot>> {
    const room = await this.store.reader.findRoom(appId, roomId);
    if (room === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT');
    }
    return { roomId, ...room };
  }

  @RpcHandler(roomRpc.listUserRooms)
  async listUserRooms({
    appId,
    userId,
  }: ParsedRequestOf<typeof roomRpc.listUserRooms>): Promise<ReplyOf<typeof roomRpc.listUserRooms>> {
    return { rooms: await this.store.reader.listUserRooms(appId, userId) };
  }
}
