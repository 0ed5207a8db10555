import { Controller } from '@nestjs/common';
import { AddressRange } from '@polyroom/addresses';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, type ParsedRequestOf, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';
import { RoomCloser } from './room-closer.js';

const kicked = 'ROOM_MANUAL_KICKED_OUT';

/** Kicks and bans that the application server requests. */
@Controller()
export class MembersHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    private readonly closer: RoomCloser,
  ) {}

  @RpcHandler(roomAdminRpc.kickUser)
  async kick({
    appId,
    roomId,
    userId,
    reason,
  }: ParsedRequestOf<typeof roomAdminRpc.kickUser>): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    const { rooms, sessions } = await this.store.reader.readUser(appId, userId);
    if (roomId !== undefined) {
      const slot = rooms.find((candidate) => candidate.roomId === roomId);
      if (slot === undefined) {
        return { roomIds: [] };
      }
      const session = { appId, userId, sessionId: slot.sessionId };
      return { roomIds: (await this.ender.takeAway(session, slot, kicked, reason)) ? [roomId] : [] };
    }
    const roomIds: string[] = [];
    for (const { sessionId } of sessions) {
      const session = { appId, userId, sessionId };
      if (await this.store.user.putOut(session, kicked, reason)) {
        roomIds.push(...(await this.ender.end(session, streamRemovedReasons.kicked)).roomIds);
      }
    }
    return { roomIds };
  }

  @RpcHandler(roomAdminRpc.closeRoom)
  async close({
    appId,
    roomId,
    reason,
  }: ParsedRequestOf<typeof roomAdminRpc.closeRoom>): Promise<ReplyOf<typeof roomAdminRpc.closeRoom>> {
    return { members: await this.closer.close(appId, roomId, reason) };
  }

  @RpcHandler(roomAdminRpc.setBan)
  async ban({
    appId,
    userId,
    roomId,
    address,
    forMs,
  }: ParsedRequestOf<typeof roomAdminRpc.setBan>): Promise<ReplyOf<typeof roomAdminRpc.setBan>> {
    const { bans } = this.store;
    if (address !== undefined) {
      const range = AddressRange.parse(address);
      if (range === undefined) {
        throw new AppError('COMMON_ILLEGAL_PARAM', { details: { path: 'address' } });
      }
      // Stored in canonical form, so that any notation of the range lifts the ban.
      await bans.setAddress(appId, range.toString(), forMs);
    } else if (userId !== undefined && roomId !== undefined) {
      await bans.setUserInRoom(appId, roomId, userId, forMs);
    } else if (userId !== undefined) {
      await bans.setUser(appId, userId, forMs);
    } else {
      await bans.setRoom(appId, roomId!, forMs);
    }
    return {};
  }
}
