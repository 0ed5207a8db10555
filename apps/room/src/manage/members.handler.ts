import { Controller, Inject } from '@nestjs/common';
import { AddressRange } from '@polyroom/addresses';
import { RpcHandler } from '@polyroom/nest-service';
import { Bus, EntitlementCache } from '@polyroom/bus';
import {
  addressBansChanged,
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  roomAdminRpc,
} from '@polyroom/contracts';
import { type BanTime, RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';
import { RoomCloser } from './room-closer.js';

const kicked = 'ROOM_MANUAL_KICKED_OUT';

/** What a ban applies to: a range of addresses, a room, a user, or a user in a room. */
interface BanTarget {
  range?: string | undefined;
  roomId?: string | undefined;
  userId?: string | undefined;
}

/** Kicks and bans that the application server requests. */
@Controller()
export class MembersHandler {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    private readonly closer: RoomCloser,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  @RpcHandler(roomAdminRpc.kickUser)
  async kick({
    appId,
    roomId,
    userId,
    reason,
    blockSeconds,
  }: ParsedRequestOf<typeof roomAdminRpc.kickUser>): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    const block = blockSeconds === undefined ? undefined : { forMs: blockSeconds * 1000, onlyProlong: true };
    if (block !== undefined) {
      await this.countBan(appId, { roomId, userId }, block);
    }
    if (roomId !== undefined) {
      if (block !== undefined) {
        await this.store.bans.setUserInRoom(appId, roomId, userId, block);
      }
      return { roomIds: await this.removeFromRoom(appId, roomId, userId, reason) };
    }
    if (block !== undefined) {
      await this.store.bans.setUser(appId, userId, block);
    }
    return { roomIds: await this.removeFromAll(appId, userId, reason) };
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
    const { bans, quotas } = this.store;
    // Stored in canonical form, so that any notation of the range lifts the ban.
    const range = address === undefined ? undefined : AddressRange.parse(address)?.toString();
    if (address !== undefined && range === undefined) {
      throw new AppError('COMMON_ILLEGAL_PARAM', { details: { path: 'address' } });
    }
    if (forMs > 0) {
      await this.countBan(appId, { range, roomId, userId }, { forMs });
    }
    if (range !== undefined) {
      await bans.setAddress(appId, range, { forMs });
      this.bus.publish(addressBansChanged, {}, { appId, ...(forMs === 0 ? {} : { address: range }) });
    } else if (userId !== undefined && roomId !== undefined) {
      await bans.setUserInRoom(appId, roomId, userId, { forMs });
      if (forMs > 0) {
        await this.removeFromRoom(appId, roomId, userId, undefined);
      }
    } else if (userId !== undefined) {
      await bans.setUser(appId, userId, { forMs });
      if (forMs > 0) {
        await this.removeFromAll(appId, userId, undefined);
      }
    } else {
      await bans.setRoom(appId, roomId!, { forMs });
    }
    if (forMs === 0) {
      await quotas.countBan(appId, banKey({ range, roomId, userId }), { forMs }, 0);
    }
    return {};
  }

  /**
   * Counts a ban before it is set: a crash in between leaves a count, which expires with the ban, and never a ban
   * without one. Throws APP_EXCEED_MAXIMUM_BAN_COUNT.
   */
  private async countBan(appId: number, target: BanTarget, time: BanTime): Promise<void> {
    const { maxBans } = await this.entitlements.get(appId);
    if (!(await this.store.quotas.countBan(appId, banKey(target), time, maxBans))) {
      throw new AppError('APP_EXCEED_MAXIMUM_BAN_COUNT', { details: { maxBans } });
    }
  }

  // A ban is set before these read the user: a login that they do not see yet is refused by the ban.

  private async removeFromRoom(
    appId: number,
    roomId: string,
    userId: string,
    reason: string | undefined,
  ): Promise<string[]> {
    const { rooms } = await this.store.reader.readUser(appId, userId);
    const slot = rooms.find((candidate) => candidate.roomId === roomId);
    if (slot === undefined) {
      return [];
    }
    const session = { appId, userId, sessionId: slot.sessionId };
    return (await this.ender.takeAway(session, slot, kicked, reason)) ? [roomId] : [];
  }

  private async removeFromAll(appId: number, userId: string, reason: string | undefined): Promise<string[]> {
    const { sessions } = await this.store.reader.readUser(appId, userId);
    const roomIds: string[] = [];
    for (const { sessionId } of sessions) {
      const session = { appId, userId, sessionId };
      if (await this.store.user.putOut(session, kicked, reason)) {
        roomIds.push(...(await this.ender.end(session, streamRemovedReasons.kicked)).roomIds);
      }
    }
    return roomIds;
  }
}

function banKey({ range, roomId, userId }: BanTarget): string {
  return JSON.stringify([range ?? null, roomId ?? null, userId ?? null]);
}
