import {
  type ClientResult,
  type ClientParams,
  type MediaKind,
  type MediaSession,
  type TransportDirection,
} from '@polyroom/contracts';
import { type Device, type types } from 'mediasoup-client';
import { ZegoError } from '../zego-error.js';
import { IceRestart } from './ice-restart.js';
import { MediaTracks, type StatsReading } from './media-tracks.js';
import { type SignalCall } from './signal-call.js';
import { videoEncodings } from './simulcast.js';

/** How long receivers take until it is known, and the most and the least that is reckoned with. */
const initialReadyMs = { connecting: 60, connected: 20 };
const shortestReadyMs = 20;
const longestReadyMs = 400;

/** The track stays the application's: muting stops the packets and leaves its picture as it is. */
const whileMuted = { stopTracks: false, disableTrackOnPause: false, zeroRtpOnPause: true };

type ConsumerDescription = ClientResult<'stream.play'>['consumers'][number];
type DataConsumerDescription = ClientResult<'stream.play'>['dataConsumer'] & object;

/** What one data stream may send. */
export type DataLimits = Pick<ClientResult<'stream.produceData'>, 'maxMessageBytes' | 'messagesPerSecond'>;

/** The `appData` of a producer: its stream, and the answer to the request for it. */
type Asked<M extends 'stream.produce' | 'stream.produceData'> = types.AppData & {
  streamId: string;
  answer?: Promise<ClientResult<M>>;
};

export interface MediaConnectionOptions {
  session: MediaSession;
  call: SignalCall;
  handlerFactory: types.HandlerFactory | undefined;
  /** What the browser can do with what a node can do: nodes are alike, and finding out takes a while. */
  devices: Map<string, Device>;
  /** A transport has failed for good: media needs a new session. */
  onFailed(): void;
  /** The servers have not heard how to connect a transport: when the session is taken up again it needs new ones. */
  onUnconnected(): void;
}

/**
 * The media of one session: one device, and at most one transport each way however many rooms there are.
 * All of it is made when it is first needed, so that signalling alone works where there is no WebRTC.
 */
export class MediaConnection {
  readonly tracks = new MediaTracks();
  private device: Promise<Device> | undefined;
  private readonly transports: Record<TransportDirection, types.Transport | undefined> = {
    send: undefined,
    recv: undefined,
  };
  private closed = false;
  /** It has a successor: its failures concern nobody any more. */
  private retired = false;
  private readonly readyMs = { ...initialReadyMs };
  private readonly iceRestarts: IceRestart[] = [];
  private producersMade = 0;

  constructor(private readonly options: MediaConnectionOptions) {}

  /**
   * Sends a track as part of a stream that has been claimed. The track stays the application's. `onMade` gets
   * the producer before the servers answer; it is closed where they refuse it.
   */
  async produce(
    streamId: string,
    track: MediaStreamTrack,
    /** All kinds of the stream. */
    kinds: MediaKind[],
    onMade: (producer: types.Producer) => void,
  ): Promise<types.Producer> {
    const device = await this.load();
    const transport = this.open('send', device);
    const asked: Asked<'stream.produce'> & { kinds: MediaKind[] } = { streamId, kinds };
    const producer = await transport.produce({
      track,
      ...whileMuted,
      appData: asked,
      ...(track.kind === 'video' ? videoOptions(device, track) : {}),
    });
    onMade(producer);
    await answerTo(asked, producer);
    return producer;
  }

  /** Makes the channel of a data stream that has been claimed. */
  async produceData(streamId: string): Promise<{ producer: types.DataProducer; limits: DataLimits }> {
    if (this.options.session.send.sctpParameters === undefined) {
      throw ZegoError.of('IM_NO_AVAILABLE_BROADCAST_CHANNEL', { problem: 'the session has no data' });
    }
    const asked: Asked<'stream.produceData'> = { streamId };
    const producer = await this.open('send', await this.load()).produceData({ appData: asked });
    const { dataProducerId: _, ...limits } = await answerTo(asked, producer);
    return { producer, limits };
  }

  /** The transport that plays, for requests that are meant for it and no other. */
  get recvTransportId(): string {
    return this.options.session.recv.id;
  }

  /** The device has another network: both ways look for a new path at once, not when the old one is given up. */
  handleNetworkChanged(): void {
    this.iceRestarts.forEach((iceRestart) => iceRestart.handleNetworkChanged());
  }

  /** The session, which is the same, has a socket again. */
  handleSignalBack(): void {
    this.iceRestarts.forEach((iceRestart) => iceRestart.handleSignalBack());
  }

  /** Another connection takes its place; it may still carry something until it is closed. */
  retire(): void {
    this.retired = true;
  }

  /** Nothing goes out any more; what comes in is kept. Idempotent. */
  closeSending(): void {
    this.transports.send?.close();
  }

  async getReceiveCapabilities(): Promise<types.RtpCapabilities> {
    return (await this.load()).recvRtpCapabilities;
  }

  /** The first receivers wait for the connection to be set up; later ones do not. */
  private get receiving(): 'connecting' | 'connected' {
    return this.transports.recv?.connectionState === 'connected' ? 'connected' : 'connecting';
  }

  /** How long the receivers of one more stream are going to take, with something to spare. */
  get resumeAfterMs(): number {
    return Math.ceil(Math.min(longestReadyMs, Math.max(shortestReadyMs, this.readyMs[this.receiving] * 1.5)));
  }

  /**
   * Connects the receiving transport before the first stream is there, which takes three round trips. A peer
   * connection needs something to receive: this is never sent, and carries the streams' connection.
   */
  prepareReceiving(): void {
    if (this.transports.recv !== undefined || this.closed) {
      return;
    }
    void this.load()
      .then((device) => {
        const opus = device.recvRtpCapabilities.codecs?.find(
          ({ mimeType }) => mimeType.toLowerCase() === 'audio/opus',
        );
        if (opus === undefined || this.transports.recv !== undefined || this.closed) {
          return undefined;
        }
        const { channels, clockRate, mimeType, preferredPayloadType } = opus;
        return this.open('recv', device).consume({
          id: 'connection',
          producerId: 'connection',
          kind: 'audio',
          streamId: 'connection',
          rtpParameters: {
            mid: 'connection',
            codecs: [
              { mimeType, clockRate, payloadType: preferredPayloadType!, ...(channels ? { channels } : {}) },
            ],
            encodings: [{ ssrc: 1 }],
            rtcp: { cname: 'connection' },
          },
        });
      })
      // The first stream tries again, and says what is wrong.
      .catch(() => undefined);
  }

  async consume(streamId: string, description: ConsumerDescription): Promise<types.Consumer> {
    const transport = this.open('recv', await this.load());
    const { receiving } = this;
    const startedAtMs = performance.now();
    const consumer = await transport.consume({
      id: description.consumerId,
      producerId: description.producerId,
      kind: description.kind,
      // The same stream ID keeps audio and video in step.
      streamId,
      appData: { streamId },
      rtpParameters: description.rtpParameters as unknown as types.RtpParameters,
    });
    // A slow one counts at once, a quick one little by little.
    const tookMs = performance.now() - startedAtMs;
    this.readyMs[receiving] = Math.max(tookMs, this.readyMs[receiving] * 0.7 + tookMs * 0.3);
    return consumer;
  }

  /** What comes over it waits until the servers are asked to let it flow. */
  async consumeData(streamId: string, description: DataConsumerDescription): Promise<types.DataConsumer> {
    const { dataConsumerId, dataProducerId, sctpStreamParameters } = description;
    return this.open('recv', await this.load()).consumeData({
      id: dataConsumerId,
      dataProducerId,
      sctpStreamParameters: { streamId: sctpStreamParameters.streamId, ordered: true },
      appData: { streamId },
    });
  }

  /** What the browser counts of one direction; undefined while there is nothing that counts. */
  async readStats(direction: TransportDirection): Promise<StatsReading | undefined> {
    const transport = this.transports[direction];
    return transport === undefined || transport.closed ? undefined : this.tracks.read(direction, transport);
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

  /** mediasoup-client needs an ID before the server's is known; the protocol names producers by stream and kind. */
  private newLocalId(): string {
    this.producersMade += 1;
    return `local-${this.producersMade}`;
  }

  private load(): Promise<Device> {
    this.device ??= this.createDevice();
    return this.device;
  }

  private async createDevice(): Promise<Device> {
    const { devices, handlerFactory, session } = this.options;
    const key = JSON.stringify(session.routerRtpCapabilities);
    const known = devices.get(key);
    if (known !== undefined) {
      return known;
    }
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
    devices.set(key, device);
    return device;
  }

  /** The node does not know this client: nothing will ever flow over the transport. */
  private handleUnconnected(transport: types.Transport, error: ZegoError): void {
    if (this.closed || this.retired) {
      return;
    }
    const isUnheard =
      error.errorName === 'PROTOCOL_SOCKET_CLOSED' || error.errorName === 'PROTOCOL_NETWORK_TIMEOUT';
    if (isUnheard) {
      this.options.onUnconnected();
    } else {
      // Where the worker or the node is gone, other transports are on the way.
      transport.close();
    }
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
    const parameters = {
      ...session[direction],
      ...(session.iceServers === undefined ? {} : { iceServers: session.iceServers }),
    } as unknown as types.TransportOptions;
    const transport =
      direction === 'send' ? device.createSendTransport(parameters) : device.createRecvTransport(parameters);
    transport.on('connect', ({ dtlsParameters }, done) => {
      // Not waited for: the first packets take longer to the node than this.
      call('transport.connect', { direction, transportId: transport.id, dtlsParameters }).catch(
        (error: unknown) => {
          this.handleUnconnected(transport, ZegoError.from(error, 'PROTOCOL_SOCKET_CLOSED'));
        },
      );
      done();
    });
    // mediasoup-client runs one operation at a time: waiting for the answer here would block a mute or a close.
    transport.on('produce', ({ kind, rtpParameters, appData }, done) => {
      appData['answer'] = handledLater(
        call('stream.produce', {
          streamId: String(appData['streamId']),
          kind,
          transportId: transport.id,
          kinds: appData['kinds'] as MediaKind[],
          rtpParameters: rtpParameters as ClientParams<'stream.produce'>['rtpParameters'],
        }),
      );
      done({ id: this.newLocalId() });
    });
    transport.on('producedata', ({ appData, sctpStreamParameters }, done) => {
      appData['answer'] = handledLater(
        call('stream.produceData', {
          streamId: String(appData['streamId']),
          transportId: transport.id,
          sctpStreamParameters: { streamId: sctpStreamParameters.streamId!, ordered: true },
        }),
      );
      done({ id: this.newLocalId() });
    });
    const isOver = (): boolean => this.closed || this.retired;
    const iceRestart = new IceRestart({ direction, transport, call, isOver, onFailed });
    this.iceRestarts.push(iceRestart);
    transport.on('connectionstatechange', (state) => {
      if ((state === 'disconnected' || state === 'failed') && !isOver()) {
        iceRestart.start();
      }
    });
    this.tracks.watch(direction, transport);
    this.transports[direction] = transport;
    return transport;
  }
}

/** Keeps a rejection from being reported as unhandled before it is awaited. */
function handledLater<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

async function answerTo<M extends 'stream.produce' | 'stream.produceData'>(
  { answer }: Asked<M>,
  producer: types.Producer | types.DataProducer,
): Promise<ClientResult<M>> {
  try {
    return await answer!;
  } catch (error) {
    producer.close();
    throw error;
  }
}

function videoOptions(
  device: Device,
  track: MediaStreamTrack,
): Pick<types.ProducerOptions, 'codec' | 'codecOptions' | 'encodings'> {
  const codec = device.sendRtpCapabilities.codecs?.find(
    (candidate) => candidate.mimeType.toLowerCase() === 'video/vp8',
  );
  return {
    encodings: videoEncodings(track.getSettings().height),
    codecOptions: { videoGoogleStartBitrate: 600 },
    ...(codec === undefined ? {} : { codec }),
  };
}
