import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, interopRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { SESSION_CONFIG, type SessionConfig } from '@polyroom/session';
import { ClientMethods } from '@polyroom/session';
import { type InteropSession } from './interop-session.js';
import { InteropSessions } from './interop-sessions.js';
import { readIceFragment } from './sdp/read-ice-fragment.js';
import { sdpRefused } from './sdp/sdp-refused.js';
import { writeIceFragment } from './sdp/write-sdp.js';
import { Whep } from './whep.js';

type EndRequest = ParsedRequestOf<typeof interopRpc.endSession>;
type PatchRequest = ParsedRequestOf<typeof interopRpc.patchSession>;
type PatchReply = ReplyOf<typeof interopRpc.patchSession>;

/** Serves requests for WHIP and WHEP sessions on any instance; one instance holds each session. */
@Injectable()
export class InteropResources {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: InteropSessions,
    private readonly methods: ClientMethods,
    private readonly whep: Whep,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
  ) {}

  async end(gatewayId: string, request: EndRequest): Promise<void> {
    if (gatewayId === this.config.gatewayId) {
      await this.endHere(request);
      return;
    }
    await this.askHolder(() => this.bus.requestNode(interopRpc.endSession, gatewayId, request));
  }

  patch(gatewayId: string, request: PatchRequest): Promise<PatchReply> {
    return gatewayId === this.config.gatewayId
      ? this.patchHere(request)
      : this.askHolder(() => this.bus.requestNode(interopRpc.patchSession, gatewayId, request));
  }

  async endHere({ appId, sessionId, token }: EndRequest): Promise<void> {
    await this.sessions.end(await this.sessions.get(appId, sessionId, token));
  }

  async patchHere({ appId, sessionId, token, sdp, isAnswer, ifMatch }: PatchRequest): Promise<PatchReply> {
    const session = await this.sessions.get(appId, sessionId, token);
    if (isAnswer) {
      if (!session.awaitsAnswer) {
        throw sdpRefused('there is no offer to answer');
      }
      await this.whep.complete(session, sdp);
      return { etag: session.etag };
    }
    if (ifMatch === undefined) {
      throw new AppError('INTEROP_ETAG_REQUIRED');
    }
    const { restarts } = readIceFragment(sdp);
    if (ifMatch === '*' && restarts) {
      return this.restartIce(session);
    }
    if (ifMatch !== session.etag) {
      throw new AppError('INTEROP_ETAG_MISMATCH');
    }
    // ICE-lite: connectivity checks reveal the client's address, so its candidates are not needed.
    return { etag: session.etag };
  }

  private async restartIce(session: InteropSession): Promise<PatchReply> {
    const { connection, kind, media, transport } = session.options;
    const direction = kind === 'whip' ? 'send' : 'recv';
    const { iceParameters } = await this.methods.call(connection.caller, 'transport.restartIce', {
      direction,
    });
    return { fragment: writeIceFragment(transport, iceParameters, media), etag: session.renewEtag() };
  }

  /** The sessions of a lost instance ended with it. */
  private async askHolder<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw AppError.is(error, 'BUS_UNAVAILABLE')
        ? new AppError('INTEROP_RESOURCE_NOT_FOUND', { cause: error })
        : error;
    }
  }
}
