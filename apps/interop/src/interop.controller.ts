import {
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
} from '@nestjs/common';
import { clientAddressOf } from '@polyroom/addresses';
import {
  AppError,
  appIdSchema,
  gatewayIdSchema,
  parseArgument,
  parseOrThrow,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  streamIdSchema,
  userNameSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { SESSION_CONFIG, type SessionConfig } from '@polyroom/session';
import { type InteropRequest } from './interop-login.js';
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

interface Place {
  appId: string;
  roomId: string;
  streamId: string;
}

const bearerPattern = /^Bearer ([^\s]{1,8192})$/i;
const querySchema = z.object({
  mode: roomModeSchema.default('single'),
  userName: userNameSchema.optional(),
});
const resourcePattern = /^(gw_[^.]+)\.(se_[^.]+)$/;

/** WHIP and WHEP: publish and play over HTTP and WebRTC, by room and stream, with a client token. */
@Controller('v1/apps/:appId/rooms/:roomId/streams/:streamId')
export class InteropController {
  constructor(
    private readonly whip: Whip,
    private readonly whep: Whep,
    private readonly resources: InteropResources,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
  ) {}

  @Post('whip')
  publish(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @Param() place: Place,
    @Query() query: unknown,
    @Body() body: unknown,
  ): Promise<void> {
    return this.answer(reply, async () => {
      const offer = readBody(request, body, sdpType);
      const created = await this.whip.publish(readRequest(request, place, query), offer);
      this.describe(request, reply, created).status(201).header('content-type', sdpType).send(created.sdp);
    });
  }

  @Post('whep')
  play(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @Param() place: Place,
    @Query() query: unknown,
    @Body() body: unknown,
  ): Promise<void> {
    return this.answer(reply, async () => {
      const offer = readBody(request, body, sdpType);
      const created = await this.whep.play(readRequest(request, place, query), offer);
      this.describe(request, reply, created)
        // Not acceptable: the client answers the offer in the body with a PATCH.
        .status(created.isOffer ? 406 : 201)
        .header('content-type', sdpType)
        .send(created.sdp);
    });
  }

  @Patch(':protocol/:resource')
  patch(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @Param('appId') appId: string,
    @Param('resource') resource: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    return this.answer(reply, async () => {
      const isAnswer = typeOf(request) === sdpType;
      const sdp = readBody(request, body, isAnswer ? sdpType : iceFragmentType);
      const { gatewayId, ...target } = readTarget(request, appId, resource);
      const { fragment, etag } = await this.resources.patch(gatewayId, {
        ...target,
        sdp,
        isAnswer,
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
      if (fragment === undefined) {
        reply.status(204).send();
        return;
      }
      reply.header('etag', etag).header('content-type', iceFragmentType).status(200).send(fragment);
    });
  }

  @Delete(':protocol/:resource')
  end(
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
    @Param('appId') appId: string,
    @Param('resource') resource: string,
  ): Promise<void> {
    return this.answer(reply, async () => {
      const { gatewayId, ...target } = readTarget(request, appId, resource);
      await this.resources.end(gatewayId, target);
      reply.status(200).send();
    });
  }

  private describe(request: HttpRequest, reply: HttpReply, { session }: Created): HttpReply {
    const path = request.url.split('?', 1)[0]!.replace(/\/$/, '');
    return reply
      .header('location', `${path}/${this.config.gatewayId}.${session.options.sessionId}`)
      .header('etag', session.etag)
      .header('accept-patch', iceFragmentType);
  }

  /** Passes errors to the common filter, with their HTTP headers set. */
  private async answer(reply: HttpReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError) {
        if (error.category === 'unauthenticated') {
          reply.header('www-authenticate', 'Bearer');
        }
        if (error.retryable) {
          reply.header('retry-after', '1');
        }
      }
      throw error;
    }
  }
}

function readToken({ headers }: HttpRequest): string {
  const token = bearerPattern.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) {
    throw new AppError('ROOM_NO_TOKEN');
  }
  return token;
}

function readAppId(appId: string): number {
  return parseArgument('appId', z.coerce.number().pipe(appIdSchema), appId);
}

function readRequest(request: HttpRequest, place: Place, query: unknown): InteropRequest {
  const token = readToken(request);
  const { mode, userName } = parseOrThrow(querySchema, query);
  return {
    appId: readAppId(place.appId),
    roomId: parseArgument('roomId', roomIdSchema, place.roomId),
    streamId: parseArgument('streamId', streamIdSchema, place.streamId),
    mode,
    userName,
    token,
    clientAddress: clientAddressOf(request.ip, request.socket.remoteAddress),
  };
}

function readTarget(request: HttpRequest, appId: string, resource: string) {
  const token = readToken(request);
  const [, gatewayId, sessionId] = resourcePattern.exec(resource) ?? [];
  if (!gatewayIdSchema.safeParse(gatewayId).success || !sessionIdSchema.safeParse(sessionId).success) {
    throw new AppError('INTEROP_RESOURCE_NOT_FOUND');
  }
  return { gatewayId: gatewayId!, appId: readAppId(appId), sessionId: sessionId!, token };
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
