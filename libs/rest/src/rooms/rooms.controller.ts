import { Body, Controller, Delete, Get, Param, Put, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { messagingRpc, type ReplyOf, roomAdminRpc, roomRpc, systemUser } from '@polyroom/contracts';
import { ApiRoute, type RouteContract } from '@polyroom/nest-service/open-api';
import { MessagingInstances, toAttributeUpdate, withValues } from '@polyroom/session';
import { z } from 'zod';
import { type ActArguments, Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { ApiEtag, ApiIfMatch, IfMatch, type Reply, setEtag } from '../etag.js';
import { appPath, type AppPath, limitText, roomPath, type RoomPath } from '../rest-params.js';

const listQuery = roomAdminRpc.listRooms.request
  .pick({ prefix: true, cursor: true })
  .strip()
  .extend({ limit: limitText(200, 50) });
const createBody = roomAdminRpc.createRoom.request.pick({ maxMemberCount: true, keepMs: true });
const reasonBody = roomAdminRpc.closeRoom.request
  .pick({ reason: true })
  .nullish()
  .transform((body) => body ?? {});
const attributesBody = roomAdminRpc.setRoomAttributes.request.pick({ changes: true });

const settingsReply = roomAdminRpc.readRoomSettings.reply.omit({ etag: true });
const readSettingsRoute: RouteContract = {
  reply: settingsReply,
  errors: roomAdminRpc.readRoomSettings.errors,
};
const createdReply = roomAdminRpc.createRoom.reply.pick({ created: true });
const createRoute: RouteContract = { reply: createdReply, errors: roomAdminRpc.createRoom.errors };

const attributesReply = roomAdminRpc.setRoomAttributes.reply.pick({ attributes: true });
type AttributesReply = z.output<typeof attributesReply>;
const readAttributesRoute: RouteContract = {
  reply: attributesReply,
  errors: roomAdminRpc.readRoomAttributes.errors,
};
const setAttributesRoute: RouteContract = {
  reply: attributesReply,
  errors: [
    ...roomAdminRpc.setRoomAttributes.errors,
    ...messagingRpc.permitUpdate.errors,
    'ROOM_EXTRA_INFO_KEY_EMPTY',
    'ROOM_EXTRA_INFO_KEY_TOO_LONG',
    'ROOM_EXTRA_INFO_VALUE_TOO_LONG',
  ],
};

const roomSubject = ({ params }: ActArguments): string => `room:${params['roomId']}`;

/** Rooms, for operators and application servers. */
@Controller('v1/apps/:appId/rooms')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class RoomsController {
  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
  ) {}

  @Get()
  @Requires('rooms:read')
  @ApiRoute('Lists the rooms of an AppID by their IDs, page by page.', roomAdminRpc.listRooms)
  list(
    @Statement() statement: string,
    @Query({ schema: listQuery }) query: z.output<typeof listQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listRooms>> {
    return this.bus.request(roomAdminRpc.listRooms, { ...query, appId }, { statement });
  }

  @Get(':roomId')
  @Requires('rooms:read')
  @ApiRoute('Reads the current state of a room.', roomRpc.getSnapshot)
  get(@Param({ schema: roomPath }) room: RoomPath): Promise<ReplyOf<typeof roomRpc.getSnapshot>> {
    return this.bus.request(roomRpc.getSnapshot, room);
  }

  @Put(':roomId')
  @Requires('rooms:write')
  @Audited({
    action: 'room.create',
    subject: roomSubject,
    after: ({ body: { maxMemberCount, keepMs }, reply }) => ({
      maxMemberCount,
      keepMs,
      created: reply?.['created'],
    }),
  })
  @ApiRoute('Creates a room in advance, or changes its settings.', createRoute)
  @ApiEtag()
  @ApiIfMatch()
  async create(
    @Statement() statement: string,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Reply,
    @Body({ schema: createBody }) body: z.output<typeof createBody>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<z.output<typeof createdReply>> {
    const expected = ifMatch === undefined ? {} : { ifMatch: ifMatch === '' ? '*' : ifMatch };
    const request = { ...room, ...body, ...expected };
    const { created, etag } = await this.bus.request(roomAdminRpc.createRoom, request, { statement });
    setEtag(response, etag);
    return { created };
  }

  @Get(':roomId/settings')
  @Requires('rooms:read')
  @ApiRoute('Reads the settings of a room.', readSettingsRoute)
  @ApiEtag()
  async getSettings(
    @Statement() statement: string,
    @Res({ passthrough: true }) response: Reply,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<z.output<typeof settingsReply>> {
    const { etag, ...settings } = await this.bus.request(roomAdminRpc.readRoomSettings, room, { statement });
    setEtag(response, etag);
    return settings;
  }

  @Delete(':roomId')
  @Requires('rooms:write')
  @Audited({
    action: 'room.close',
    subject: roomSubject,
    after: ({ body, reply }) => ({ reason: body['reason'], members: reply?.['members'] }),
  })
  @ApiRoute('Removes all members and ends the room.', roomAdminRpc.closeRoom)
  close(
    @Statement() statement: string,
    @Body({ schema: reasonBody }) body: z.output<typeof reasonBody>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.closeRoom>> {
    return this.bus.request(roomAdminRpc.closeRoom, { ...room, ...body }, { statement });
  }

  @Get(':roomId/attributes')
  @Requires('rooms:read')
  @ApiRoute('Reads the attributes of a room.', readAttributesRoute)
  @ApiEtag()
  async getAttributes(
    @Statement() statement: string,
    @Res({ passthrough: true }) response: Reply,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<AttributesReply> {
    const { attributes, etag } = await this.bus.request(roomAdminRpc.readRoomAttributes, room, { statement });
    setEtag(response, etag);
    return { attributes };
  }

  @Put(':roomId/attributes')
  @Requires('rooms:write')
  @Audited({
    action: 'room.setAttributes',
    subject: roomSubject,
    // Not the values, which are content of the application.
    after: ({ body }) => ({
      keys: (body['changes'] as { key: string }[] | undefined)?.map(({ key }) => key),
    }),
    waits: false,
  })
  @ApiRoute('Changes attributes of a room; answers those that have changed.', setAttributesRoute)
  @ApiEtag()
  @ApiIfMatch()
  async setAttributes(
    @Statement() statement: string,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Reply,
    @Body({ schema: attributesBody }) { changes }: z.output<typeof attributesBody>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<AttributesReply> {
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId: room.appId },
      { ...room, ...toAttributeUpdate(systemUser, changes) },
      { statement },
    );
    const { attributes, etag } = await this.bus.request(
      roomAdminRpc.setRoomAttributes,
      {
        ...room,
        changes: withValues(changes, contents),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      },
      { statement },
    );
    setEtag(response, etag);
    return { attributes };
  }
}
