import { Controller } from '@nestjs/common';
import { AddressRange } from '@polyroom/addresses';
import { Bus } from '@polyroom/bus';
import {
  addressBansChanged,
  AppError,
  type ParsedRequestOf,
  playingForbidden,
  type ReplyOf,
  roomAdminRpc,
} from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { RoomStore } from '@polyroom/room-store';
import { StreamWithdrawal } from '../streams/stream-withdrawal.js';
import { BanQuota } from './ban-quota.js';
import { parseBanId, toBanView } from './ban-text.js';
import { MemberRemoval } from './member-removal.js';

const { toBanText } = roomAdminRpc;

/** Bans by application servers and operators. */
@Controller()
export class BansHandler {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly removal: MemberRemoval,
    private readonly withdrawal: StreamWithdrawal,
    private readonly quota: BanQuota,
  ) {}

  @RpcHandler(roomAdminRpc.setBan)
  async set({
    appId,
    userId,
    roomId,
    address,
    privilege,
    forMs,
  }: ParsedRequestOf<typeof roomAdminRpc.setBan>): Promise<ReplyOf<typeof roomAdminRpc.setBan>> {
    const range = address === undefined ? undefined : AddressRange.parse(address)?.toString();
    if (address !== undefined && range === undefined) {
      throw new AppError('COMMON_ILLEGAL_PARAM', { details: { path: 'address' } });
    }
    const target = { userId, roomId, address: range, privilege };
    const text = toBanText(target);
    if (forMs > 0) {
      await this.quota.count(appId, text, { forMs });
    }
    await this.apply(appId, target, forMs);
    if (forMs === 0) {
      await this.quota.takeBack(appId, text);
      return {};
    }
    return { ban: toBanView(text, Date.now() + forMs) };
  }

  @RpcHandler(roomAdminRpc.liftBan)
  async lift({
    appId,
    banId,
  }: ParsedRequestOf<typeof roomAdminRpc.liftBan>): Promise<ReplyOf<typeof roomAdminRpc.liftBan>> {
    const target = parseBanId(banId);
    const text = target === undefined ? undefined : toBanText(target);
    const untilMs = text === undefined ? undefined : await this.store.quotas.findBan(appId, text);
    if (target === undefined || text === undefined || untilMs === undefined) {
      throw new AppError('BAN_NOT_FOUND');
    }
    await this.apply(appId, target, 0);
    await this.quota.takeBack(appId, text);
    return { ban: toBanView(text, untilMs) };
  }

  @RpcHandler(roomAdminRpc.listBans)
  async list({
    appId,
    cursor,
    limit,
    address,
    ...names
  }: ParsedRequestOf<typeof roomAdminRpc.listBans>): Promise<ReplyOf<typeof roomAdminRpc.listBans>> {
    // Bans have it in canonical form.
    const range = address === undefined ? undefined : (AddressRange.parse(address)?.toString() ?? address);
    const filter = { ...names, address: range };
    const page = await this.store.quotas.scanBans(appId, cursor, limit);
    const bans = page.bans
      .map(({ ban, untilMs }) => toBanView(ban, untilMs))
      .filter((ban) =>
        (['userId', 'roomId', 'address'] as const).every(
          (name) => filter[name] === undefined || filter[name] === ban[name],
        ),
      );
    return { bans, ...(page.cursor === '0' ? {} : { next: page.cursor }) };
  }

  // Each ban is set before its effect on what is there: what begins in between is refused by the ban.

  private async apply(
    appId: number,
    { userId, roomId, address, privilege }: roomAdminRpc.BanTarget,
    forMs: number,
  ): Promise<void> {
    const { bans } = this.store;
    if (address !== undefined) {
      await bans.setAddress(appId, address, { forMs });
      this.bus.publish(addressBansChanged, {}, { appId, ...(forMs === 0 ? {} : { address }) });
    } else if (userId === undefined) {
      await bans.setRoom(appId, roomId!, { forMs });
    } else {
      await (roomId === undefined
        ? bans.setUser(appId, userId, { forMs }, privilege)
        : bans.setUserInRoom(appId, roomId, userId, { forMs }, privilege));
      if (forMs > 0) {
        await this.enforce(appId, userId, roomId, privilege);
      }
    }
  }

  private async enforce(
    appId: number,
    userId: string,
    roomId: string | undefined,
    privilege: roomAdminRpc.BanTarget['privilege'],
  ): Promise<void> {
    switch (privilege) {
      case 'login':
        await (roomId === undefined
          ? this.removal.removeFromAll(appId, userId, undefined)
          : this.removal.removeFromRoom(appId, roomId, userId, undefined));
        break;
      case 'publish':
        await this.withdrawal.withdrawAllOf(appId, userId, roomId);
        break;
      case 'play':
        this.bus.publish(
          playingForbidden,
          {},
          { appId, userId, ...(roomId === undefined ? {} : { roomId }) },
        );
        break;
    }
  }
}
