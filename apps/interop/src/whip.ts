import { Injectable } from '@nestjs/common';
import { AppError, type ClientMethod, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { ClientMethods } from '@polyroom/session';
import { InteropLogin, type InteropRequest } from './interop-login.js';
import { InteropSession } from './interop-session.js';
import { InteropSessions } from './interop-sessions.js';
import { answerSentTracks } from './sdp/answer-sent.js';
import { readSdp } from './sdp/read-sdp.js';
import { sdpRefused } from './sdp/sdp-refused.js';
import { readSentTracks } from './sdp/sent-tracks.js';

export interface Created {
  session: InteropSession;
  sdp: string;
}

/** WHIP (RFC 9725): publishes a stream with one POST. */
@Injectable()
export class Whip {
  constructor(
    private readonly login: InteropLogin,
    private readonly methods: ClientMethods,
    private readonly sessions: InteropSessions,
  ) {}

  async publish(request: InteropRequest, offer: string): Promise<Created> {
    // Validates the offer before any work is done for it.
    const { media, dtlsParameters } = readSdp(offer, 'send');
    const { appId, roomId, streamId, token } = request;
    return this.login.run(request, false, async (client) => {
      const { connection, sessionId, userId } = client;
      const call = <M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<ClientResult<M>> =>
        this.methods.call(connection.caller, method, params);
      const tracks = readSentTracks(media, client.media.routerRtpCapabilities as types.RtpCapabilities);
      await call('stream.publish', { streamId, roomId, channel: 0 });
      const kinds = tracks.map(({ kind }) => kind);
      try {
        await call('transport.connect', { direction: 'send', dtlsParameters });
        const producing = tracks.map(({ kind, rtpParameters }) =>
          call('stream.produce', { streamId, kind, kinds, rtpParameters }),
        );
        await Promise.allSettled(producing);
        await Promise.all(producing);
      } catch (error) {
        throw asSdpRefusal(error);
      }
      await call('stream.share', { streamId, roomId });
      const session = new InteropSession({
        kind: 'whip',
        appId,
        userId,
        roomId,
        streamId,
        sessionId,
        token,
        connection,
        transport: client.media.send,
        media: media[0]!,
        awaitsAnswer: false,
      });
      this.sessions.add(session);
      const setup = dtlsParameters.role === 'server' ? 'active' : 'passive';
      return { session, sdp: answerSentTracks(client.media.send, setup, tracks) };
    });
  }
}

/** Converts a mediasoup refusal: its cause is the SDP. */
export function asSdpRefusal(error: unknown): unknown {
  if (!AppError.is(error, 'MEDIA_PARAMETERS_INVALID')) {
    return error;
  }
  const problem = error.details?.['problem'];
  return sdpRefused(typeof problem === 'string' ? problem : error.message, error);
}
