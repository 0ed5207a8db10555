import {
  type ClientResult,
  type ClientMethod,
  type ClientParams,
  type MediaSession,
  type TransportDirection,
} from '@polyroom/contracts';
import { type Device, type types } from 'mediasoup-client';
import { ZegoError } from '../zego-error.js';
import { videoEncodings } from './simulcast.js';

/** Asks the gateway. */
export type SignalCall = <M extends ClientMethod>(
  method: M,
  params: ClientParams<M>,
) => Promise<ClientResult<M>>;

type ConsumerDescription = ClientResult<'stream.play'>['consumers'][number];

export interface MediaConnectionOptions {
  session: MediaSession;
  call: SignalCall;
  handlerFactory: types.HandlerFactory | undefined;
  /** A transport has failed for good: media needs a new session. */
  onFailed(): void;
}

/**
 * The media of one session: one device, and at most one transport each way however many rooms there are.
 * All of it is made when it is first needed, so that signalling alone works where there is no WebRTC.
 */
export class MediaConnection {
  private device: Promise<Device> | undefined;
  private readonly transports: Record<TransportDirection, types.Transport | undefined> = {
    send: undefined,
    recv: undefined,
  };
  private closed = false;

  constructor(private readonly options: MediaConnectionOptions) {}

  /** Sends a track as part of a stream that has been claimed. The track stays the application's. */
  async produce(streamId: string, track: MediaStreamTrack): Promise<types.Producer> {
    const device = await this.load();
    const transport = this.open('send', device);
    if (track.kind !== 'video') {
      return transport.produce({ track, stopTracks: false, appData: { streamId } });
    }
    const codec = device.sendRtpCapabilities.codecs?.find(
      (candidate) => candidate.mimeType.toLowerCase() === 'video/vp8',
    );
    return transport.produce({
      track,
      stopTracks: false,
      appData: { streamId },
      encodings: videoEncodings(track.getSettings().height),
      codecOptions: { videoGoogleStartBitrate: 600 },
      ...(codec === undefined ? {} : { codec }),
    });
  }

  async getReceiveCapabilities(): Promise<types.RtpCapabilities> {
    return (await this.load()).recvRtpCapabilities;
  }

  async consume(streamId: string, description: ConsumerDescription): Promise<types.Consumer> {
    const transport = this.open('recv', await this.load());
    return transport.consume({
      id: description.consumerId,
      producerId: description.producerId,
      kind: description.kind,
      // The same stream ID keeps audio and video in step.
      streamId,
      rtpParameters: description.rtpParameters as unknown as types.RtpParameters,
    });
  }

  countPeerConnections(): { send: number; recv: number } {
    const count = (transport: types.Transport | undefined): number =>
      transport === undefined || transport.closed ? 0 : 1;
    return { send: count(this.transports.send), recv: count(this.transports.recv) };
  }

  /** Closes both transports with their producers and consumers. Idempotent. */
  close(): void {
    this.closed = true;
    this.transports.send?.close();
    this.transports.recv?.close();
  }

  private load(): Promise<Device> {
    this.device ??= this.createDevice();
    return this.device;
  }

  private async createDevice(): Promise<Device> {
    const { handlerFactory, session } = this.options;
    let device: Device;
    try {
      const { Device } = await import('mediasoup-client');
      device = handlerFactory === undefined ? await Device.factory() : new Device({ handlerFactory });
    } catch (error) {
      throw ZegoError.from(error, 'COMMON_SDK_NO_MODULE');
    }
    await device.load({
      routerRtpCapabilities: session.routerRtpCapabilities as unknown as types.RtpCapabilities,
    });
    return device;
  }

  private open(direction: TransportDirection, device: Device): types.Transport {
    const existing = this.transports[direction];
    if (existing !== undefined) {
      return existing;
    }
    if (this.closed) {
      throw ZegoError.of('ROOM_CONNECT_TEMPORARY_BROKEN');
    }
    const { call, onFailed, session } = this.options;
    const parameters = session[direction] as unknown as types.TransportOptions;
    const transport =
      direction === 'send' ? device.createSendTransport(parameters) : device.createRecvTransport(parameters);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      call('transport.connect', { direction, dtlsParameters }).then(done, fail);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      call('stream.produce', {
        streamId: String(appData['streamId']),
        kind,
        rtpParameters: rtpParameters as ClientParams<'stream.produce'>['rtpParameters'],
      }).then(({ producerId }) => done({ id: producerId }), fail);
    });
    transport.on('connectionstatechange', (state) => {
      if (state === 'failed' && !this.closed) {
        onFailed();
      }
    });
    this.transports[direction] = transport;
    return transport;
  }
}
