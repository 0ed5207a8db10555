import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Headers,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UnsupportedMediaTypeException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { clientAddressOf } from '@polyroom/addresses';
import {
  AppError,
  appIdSchema,
  gatewayIdSchema,
  interopRpc,
  mediaRpc,
  roomIdSchema,
  roomModeSchema,
  roomRpc,
  sessionIdSchema,
  streamIdSchema,
  userNameSchema,
} from '@polyroom/contracts';
import { ApiErrors } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { SESSION_CONFIG, type SessionConfig } from '@polyroom/session';
import { ClientToken, ClientTokenGuard } from './client-token.guard.js';
import { ErrorHeadersFilter } from './error-headers.filter.js';
import { InteropResources } from './interop-resources.js';
import { iceFragmentType, sdpType } from './sdp-bodies.js';
import { Whep } from './whep.js';
import { type Created, Whip } from './whip.js';

/** The parts of Fastify's request and reply used here. */
interface HttpRequest {
  headers: Record<string, string | undefined>;
  url: string;
  ip: string;
  socket: { remoteAddress?: string | undefined };
}
interface HttpReply {
  status(code: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body?: string): HttpReply;
}

const streamPath = z.object({
  appId: z.coerce.number().pipe(appIdSchema).meta({ type: 'integer', minimum: 1, maximum: 0xffffffff }),
  roomId: roomIdSchema,
  streamId: streamIdSchema,
});
type StreamPath = z.output<typeof streamPath>;

const resourcePath = streamPath.pick({ appId: true }).extend({ resource: z.string() });
type ResourcePath = z.output<typeof resourcePath>;

const loginQuery = z.object({
  mode: roomModeSchema.default('single'),
  userName: userNameSchema.optional(),
});
type LoginQuery = z.output<typeof loginQuery>;

/** SDP as text, checked with its type in `readBody`, so that another one is 415. */
const textBody = z.unknown().meta({ type: 'string' });

const resourcePattern = /^(gw_[^.]+)\.(se_[^.]+)$/;

const sdpContent = { [sdpType]: { schema: { type: 'string' as const } } };
const createdHeaders = {
  location: { description: 'The resource, for PATCH and DELETE.', schema: { type: 'string' as const } },
  etag: { description: 'The ICE session.', schema: { type: 'string' as const } },
};
const loginErrors = [...roomRpc.login.errors, ...mediaRpc.openSession.errors, 'INTEROP_SDP_REFUSED'] as const;
const publishErrors = [
  ...loginErrors,
  ...roomRpc.claimStream.errors,
  ...roomRpc.shareStream.errors,
  'ROOM_NO_PUBLISH_AUTH',
] as const;
const playErrors = [...loginErrors, ...roomRpc.locateStream.errors, 'PLAYER_SERVER_FORBID'] as const;

/** WHIP and WHEP: publish and play over HTTP and WebRTC, by room and stream, with a client token. */
@Controller('v1/interop/apps/:appId/rooms/:roomId/streams/:streamId')
@UseGuards(ClientTokenGuard)
@UseFilters(ErrorHeadersFilter)
@ApiBearerAuth('client')
export class InteropController {
  constructor(
    private readonly whip: Whip,
    private readonly whep: Whep,
    private readonly resources: InteropResources,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
  ) {}

  @Post('whip')
  @ApiOperation({ summary: 'WHIP: publishes the stream and shares it into the room.' })
  @ApiConsumes(sdpType)
  @ApiBody({ description: 'The SDP offer.', schema: { type: 'string' } })
  @ApiResponse({ status: 201, description: 'The answer', content: sdpContent, headers: createdHeaders })
  @ApiErrors(...publishErrors)
  async publish(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @ClientToken() token: string,
    @Body({ schema: textBody }) body: unknown,
    @Query({ schema: loginQuery }) query: LoginQuery,
    @Param({ schema: streamPath }) stream: StreamPath,
  ): Promise<void> {
    const offer = readBody(request, body, sdpType);
    const created = await this.whip.publish({ ...stream, ...withClient(request, query), token }, offer);
    this.describe(request, reply, created).status(201).header('content-type', sdpType).send(created.sdp);
  }

  @Post('whep')
  @ApiOperation({ summary: 'WHEP: plays a stream of the room.' })
  @ApiConsumes(sdpType)
  @ApiBody({ description: 'The SDP offer.', schema: { type: 'string' } })
  @ApiResponse({ status: 201, description: 'The answer', content: sdpContent, headers: createdHeaders })
  @ApiResponse({
    status: 406,
    description: 'Our offer, which the client answers with a PATCH',
    content: sdpContent,
    headers: createdHeaders,
  })
  @ApiErrors(...playErrors)
  async play(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @ClientToken() token: string,
    @Body({ schema: textBody }) body: unknown,
    @Query({ schema: loginQuery }) query: LoginQuery,
    @Param({ schema: streamPath }) stream: StreamPath,
  ): Promise<void> {
    const offer = readBody(request, body, sdpType);
    const created = await this.whep.play({ ...stream, ...withClient(request, query), token }, offer);
    this.describe(request, reply, created)
      // Not acceptable: the client answers the offer in the body with a PATCH.
      .status(created.isOffer ? 406 : 201)
      .header('content-type', sdpType)
      .send(created.sdp);
  }

  @Patch(':protocol/:resource')
  @ApiOperation({ summary: 'Adds candidates, restarts ICE, or answers our offer.' })
  @ApiResourceParams()
  @ApiConsumes(iceFragmentType, sdpType)
  @ApiBody({ description: 'An ICE fragment, or the SDP answer.', schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'ICE is restarted',
    content: { [iceFragmentType]: { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'Accepted' })
  @ApiErrors(...interopRpc.patchSession.errors)
  async patch(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @ClientToken() token: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: textBody }) body: unknown,
    @Param({ schema: resourcePath }) { appId, resource }: ResourcePath,
  ): Promise<void> {
    const isAnswer = typeOf(request) === sdpType;
    const sdp = readBody(request, body, isAnswer ? sdpType : iceFragmentType);
    const { gatewayId, sessionId } = readResource(resource);
    const { fragment, etag } = await this.resources.patch(gatewayId, {
      ...{ appId, sessionId, token, sdp, isAnswer },
      ...(ifMatch === undefined ? {} : { ifMatch }),
    });
    if (fragment === undefined) {
      reply.status(204).send();
      return;
    }
    reply.header('etag', etag).header('content-type', iceFragmentType).status(200).send(fragment);
  }

  @Delete(':protocol/:resource')
  @ApiOperation({ summary: 'Ends the session.' })
  @ApiResourceParams()
  @ApiResponse({ status: 200, description: 'Ended' })
  @ApiErrors(...interopRpc.endSession.errors)
  async end(
    @Res() reply: HttpReply,
    @ClientToken() token: string,
    @Param({ schema: resourcePath }) { appId, resource }: ResourcePath,
  ): Promise<void> {
    const { gatewayId, sessionId } = readResource(resource);
    await this.resources.end(gatewayId, { appId, sessionId, token });
    reply.status(200).send();
  }

  private describe(request: HttpRequest, reply: HttpReply, { session }: Created): HttpReply {
    const path = request.url.split('?', 1)[0]!.replace(/\/$/, '');
    return reply
      .header('location', `${path}/${this.config.gatewayId}.${session.options.sessionId}`)
      .header('etag', session.etag)
      .header('accept-patch', iceFragmentType);
  }
}

/** Parts of a resource's path that only its creation uses. */
function ApiResourceParams(): MethodDecorator {
  return applyDecorators(
    ApiParam({ name: 'roomId', schema: { type: 'string' } }),
    ApiParam({ name: 'streamId', schema: { type: 'string' } }),
    ApiParam({ name: 'protocol', schema: { type: 'string', enum: ['whip', 'whep'] } }),
  );
}

function withClient({ ip, socket }: HttpRequest, { mode, userName }: LoginQuery) {
  return { mode, userName, clientAddress: clientAddressOf(ip, socket.remoteAddress) };
}

function readResource(resource: string): { gatewayId: string; sessionId: string } {
  const [, gatewayId, sessionId] = resourcePattern.exec(resource) ?? [];
  if (!gatewayIdSchema.safeParse(gatewayId).success || !sessionIdSchema.safeParse(sessionId).success) {
    throw new AppError('INTEROP_RESOURCE_NOT_FOUND');
  }
  return { gatewayId: gatewayId!, sessionId: sessionId! };
}

function typeOf({ headers }: HttpRequest): string | undefined {
  return headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
}

function readBody(request: HttpRequest, body: unknown, type: string): string {
  if (typeOf(request) !== type || typeof body !== 'string') {
    throw new UnsupportedMediaTypeException();
  }
  return body;
}
