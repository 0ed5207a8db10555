import { Body, Controller, Delete, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomIdSchema, sessionAdminRpc, textErrors } from '@polyroom/contracts';
import { ApiRoute, type RouteContract } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { type ActArguments, Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { roomStreamPath, type RoomStreamPath, userPath, type UserPath } from '../rest-params.js';

const { findSession, findStreamSession, setStreamShare, transferSession } = sessionAdminRpc;

const moveBody = z.strictObject({ from: roomIdSchema, to: roomIdSchema });
const copyBody = z.strictObject({
  to: roomIdSchema,
  /** A room of the user, whose rights and streams it has in the new room, too. Default: the one entered first. */
  from: roomIdSchema.optional(),
  /** Whether the new room shows the streams that the user publishes in `from`. */
  shareStreams: z.boolean().default(true),
});

type Transferred = ReplyOf<typeof transferSession>;
type Shared = ReplyOf<typeof setStreamShare>;

const transferRoute: RouteContract = {
  reply: transferSession.reply,
  errors: [...findSession.errors, ...transferSession.errors, ...textErrors.roomId],
};
const shareRoute: RouteContract = {
  reply: setStreamShare.reply,
  errors: [...findStreamSession.errors, ...setStreamShare.errors],
};

const userSubject = ({ params }: ActArguments): string => `user:${params['userId']}`;
const streamSubject = ({ params }: ActArguments): string => `stream:${params['streamId']}`;
const sharedRoom = ({ params }: ActArguments) => ({ roomId: params['roomId'] });

/** Moves users between rooms, and shows their streams in rooms. The process that holds the session does both. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class TransfersController {
  constructor(private readonly bus: Bus) {}

  @Post('users/:userId/move')
  @Requires('users:move')
  @Audited({
    action: 'user.move',
    subject: userSubject,
    after: ({ body, reply }) => ({ from: body['from'], to: body['to'], streamIds: reply?.['streamIds'] }),
  })
  @HttpCode(200)
  @ApiRoute('Moves a user, with its streams, from one room to another.', transferRoute)
  move(
    @Statement() statement: string,
    @Body({ schema: moveBody }) { from, to }: z.output<typeof moveBody>,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<Transferred> {
    return this.transfer(statement, user, { from, to, leaves: true, sharesStreams: true });
  }

  @Post('users/:userId/copy')
  @Requires('users:move')
  @Audited({
    action: 'user.copy',
    subject: userSubject,
    after: ({ body, reply }) => ({ from: body['from'], to: body['to'], streamIds: reply?.['streamIds'] }),
  })
  @HttpCode(200)
  @ApiRoute('Takes a user into a further room, with its streams.', transferRoute)
  copy(
    @Statement() statement: string,
    @Body({ schema: copyBody }) { from, shareStreams, to }: z.output<typeof copyBody>,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<Transferred> {
    return this.transfer(statement, user, { from, to, leaves: false, sharesStreams: shareStreams });
  }

  @Put('streams/:streamId/rooms/:roomId')
  @Requires('streams:share')
  @Audited({ action: 'stream.share', subject: streamSubject, after: sharedRoom })
  @ApiRoute('Shows a stream in a room of its user.', shareRoute)
  share(
    @Statement() statement: string,
    @Param({ schema: roomStreamPath }) stream: RoomStreamPath,
  ): Promise<Shared> {
    return this.setShare(statement, stream, true);
  }

  @Delete('streams/:streamId/rooms/:roomId')
  @Requires('streams:share')
  @Audited({ action: 'stream.unshare', subject: streamSubject, after: sharedRoom })
  @ApiRoute('Removes a stream from a room; removed from its last room, it ends.', shareRoute)
  unshare(
    @Statement() statement: string,
    @Param({ schema: roomStreamPath }) stream: RoomStreamPath,
  ): Promise<Shared> {
    return this.setShare(statement, stream, false);
  }

  private async transfer(
    statement: string,
    { appId, userId }: UserPath,
    {
      from,
      to,
      ...options
    }: { from: string | undefined; to: string; leaves: boolean; sharesStreams: boolean },
  ): Promise<Transferred> {
    const request = { appId, userId, ...(from === undefined ? {} : { roomId: from }) };
    const { gatewayId, roomId, session } = await this.bus.request(findSession, request, { statement });
    return this.bus.requestNode(
      transferSession,
      gatewayId,
      { session, fromRoomId: roomId, toRoomId: to, ...options },
      { statement },
    );
  }

  private async setShare(
    statement: string,
    { appId, roomId, streamId }: RoomStreamPath,
    shared: boolean,
  ): Promise<Shared> {
    const { gatewayId, session } = await this.bus.request(
      findStreamSession,
      { appId, streamId },
      { statement },
    );
    return this.bus.requestNode(
      setStreamShare,
      gatewayId,
      { session, streamId, roomId, shared },
      { statement },
    );
  }
}
