import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath, banPath, type BanPath, limitText } from '../rest-params.js';

const listQuery = roomAdminRpc.listBans.request
  .omit({ appId: true })
  .strip()
  .extend({ limit: limitText(1000, 100) });

type NamedByBan = { userId?: string; roomId?: string; address?: string };

function banSubject({ userId, roomId, address }: NamedByBan): string {
  if (address !== undefined) {
    return `address:${address}`;
  }
  return userId === undefined ? `room:${roomId}` : `user:${userId}`;
}

/** Bans of users, rooms and addresses. */
@Controller('v1/apps/:appId/bans')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class BansController {
  constructor(private readonly bus: Bus) {}

  /** Bans `{userId}`, `{roomId}`, both, or `{address}`, each with `forMs`; 0 lifts the ban. */
  @Post()
  @Requires('users:ban')
  @Audited({
    action: 'ban.set',
    subject: ({ body }) => banSubject(body as NamedByBan),
    after: ({ body: { roomId, privilege, forMs } }) => ({ roomId, privilege, forMs, banned: forMs !== 0 }),
  })
  @HttpCode(200)
  @ApiRoute(
    'Bans a user, a room, a user in a room, or an address or network, or a user from publishing or playing; 0 lifts the ban.',
    roomAdminRpc.setBan,
  )
  set(
    @Statement() statement: string,
    @Body({ schema: roomAdminRpc.banSchema }) body: z.output<typeof roomAdminRpc.banSchema>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.setBan>> {
    return this.bus.request(roomAdminRpc.setBan, { ...body, appId }, { statement });
  }

  @Get()
  @Requires('users:ban')
  @ApiRoute('Lists the bans in force, page by page.', roomAdminRpc.listBans)
  list(
    @Statement() statement: string,
    @Query({ schema: listQuery }) query: z.output<typeof listQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listBans>> {
    return this.bus.request(roomAdminRpc.listBans, { ...query, appId }, { statement });
  }

  @Delete(':banId')
  @Requires('users:ban')
  @Audited({
    action: 'ban.lift',
    subject: ({ params, reply }) =>
      reply === undefined ? `ban:${params['banId']}` : banSubject(reply['ban'] as NamedByBan),
    after: ({ reply }) => {
      const { roomId, privilege } = (reply?.['ban'] ?? {}) as { roomId?: string; privilege?: string };
      return { roomId, privilege, banned: false };
    },
  })
  @ApiRoute('Lifts a ban.', roomAdminRpc.liftBan)
  lift(
    @Statement() statement: string,
    @Param({ schema: banPath }) ban: BanPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.liftBan>> {
    return this.bus.request(roomAdminRpc.liftBan, ban, { statement });
  }
}
