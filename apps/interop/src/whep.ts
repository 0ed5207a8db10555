import { Injectable } from '@nestjs/common';
import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { ClientMethods } from '@polyroom/session';
import { type InteropClient, InteropLogin, type InteropRequest } from './interop-login.js';
import { InteropSession } from './interop-session.js';
import { InteropSessions } from './interop-sessions.js';
import { type DtlsParameters, readSdp } from './sdp/read-sdp.js';
import { offerConsumers, ReceivedTracks } from './sdp/received-tracks.js';
import { sdpRefused } from './sdp/sdp-refused.js';
import { asSdpRefusal, type Created } from './whip.js';

type Consumers = ClientResult<'stream.play'>['consumers'];

/** WHEP (draft-ietf-wish-whep): plays a stream with one POST, or an additional PATCH. */
@Injectable()
export class Whep {
  constructor(
    private readonly login: InteropLogin,
    private readonly methods: ClientMethods,
    private readonly sessions: InteropSessions,
  ) {}

  /** With `isOffer` the SDP is our offer, which the client has to answer. */
  async play(request: InteropRequest, offer: string): Promise<Created & { isOffer: boolean }> {
    const { media, dtlsParameters } = readSdp(offer, 'recv');
    const { roomId, streamId } = request;
    return this.login.run(request, true, async (client) => {
      const tracks = ReceivedTracks.read(media, client.media.routerRtpCapabilities as types.RtpCapabilities);
      const play = (rtpCapabilities: ClientParams<'stream.play'>['rtpCapabilities']): Promise<Consumers> =>
        this.consume(client, { streamId, roomId, rtpCapabilities });
      let consumers = await play(tracks.capabilitiesAsOffered);
      const unwanted = consumers.find(({ kind }) => !media.some((section) => section.kind === kind));
      if (unwanted !== undefined) {
        throw sdpRefused(`the stream has ${unwanted.kind}, and there is no section for it`);
      }
      const transport = client.media.recv;
      if (!tracks.understands(consumers)) {
        // We make the offer, so our payload types apply, including the RTX and extensions left out before.
        await this.methods.call(client.connection.caller, 'stream.stopPlay', { streamId, roomId });
        consumers = await play(tracks.capabilitiesInOurNumbers);
        const session = this.hold(request, client, { mid: '0', kind: consumers[0]!.kind }, true);
        return { session, sdp: offerConsumers(transport, consumers, streamId), isOffer: true };
      }
      await this.start(client.connection, streamId, dtlsParameters);
      const setup = dtlsParameters.role === 'server' ? 'active' : 'passive';
      const sdp = tracks.answer(transport, setup, consumers, streamId);
      return { session: this.hold(request, client, media[0]!, false), sdp, isOffer: false };
    });
  }

  /** Processes the client's answer to our offer. */
  async complete(session: InteropSession, answer: string): Promise<void> {
    const { dtlsParameters } = readSdp(answer, 'recv');
    const { connection, streamId } = session.options;
    await this.start(connection, streamId, dtlsParameters);
    session.awaitsAnswer = false;
  }

  private async consume(
    { connection }: InteropClient,
    params: ClientParams<'stream.play'>,
  ): Promise<Consumers> {
    try {
      return (await this.methods.call(connection.caller, 'stream.play', params)).consumers;
    } catch (error) {
      throw asSdpRefusal(error);
    }
  }

  private async start(
    connection: InteropClient['connection'],
    streamId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void> {
    try {
      await this.methods.call(connection.caller, 'transport.connect', { direction: 'recv', dtlsParameters });
      await this.methods.call(connection.caller, 'stream.resume', { streamId });
    } catch (error) {
      throw asSdpRefusal(error);
    }
  }

  private hold(
    { appId, roomId, streamId, token }: InteropRequest,
    { connection, media, sessionId, userId }: InteropClient,
    first: { mid: string; kind: string },
    awaitsAnswer: boolean,
  ): InteropSession {
    const session = new InteropSession({
      kind: 'whep',
      appId,
      userId,
      roomId,
      streamId,
      sessionId,
      token,
      connection,
      transport: media.recv,
      media: first,
      awaitsAnswer,
    });
    this.sessions.add(session);
    return session;
  }
}
