import {
  type ClientResult,
  type ClientParams,
  type MediaKind,
  type MediaSession,
  type TransportDirection,
} from '@polyroom/contracts/client';
import { type Device, type types } from 'mediasoup-client';
import { PolyroomError } from '../polyroom-error.js';
import { type Devices } from './devices.js';
import { IceRestart } from './ice-restart.js';
import { MediaTracks, type StatsReading } from './media-tracks.js';
import { type ReceivingState, ReadyTime } from './ready-time.js';
import { pauseByEncodings, pausesByEncodings } from './encoding-pause.js';
import { type SignalCall } from './signal-call.js';
import { videoOptions } from './simulcast.js';

/** A transport that does not connect within this time counts as failed. Browsers take 15 to 30 s, or never say. */
const connectTimeoutMs = 12_000;

/** The track belongs to the application: a mute stops the packets and leaves local playback unchanged. */
const whileMuted = { stopTracks: false, disableTrackOnPause: false, zeroRtpOnPause: true };

type ConsumerDescription = ClientResult<'stream.play'>['consumers'][number];
type DataConsumerDescription = ClientResult<'stream.play'>['dataConsumer'] & object;

/** Limits of one data stream. */
export type DataLimits = Pick<ClientResult<'stream.produceData'>, 'maxMessageBytes' | 'messagesPerSecond'>;

/** The `appData` of a producer: its stream, and the pending request for it. */
type Asked<M extends 'stream.produce' | 'stream.produceData'> = types.AppData & {
  streamId: string;
  answer?: Promise<ClientResult<M>>;
};

export interface MediaConnectionOptions {
  session: MediaSession;
  call: SignalCall;
  devices: Devices;
  /** A transport failed for good: media needs new transports. */
  onFailed(): void;
  /** Media flows in this direction, for the first time or again. */
  onConnected(direction: TransportDirection): void;
  /** The servers did not get a transport's DTLS parameters: the next resume needs new transports. */
  onUnconnected(): void;
}

/**
 * The media of one session: one device, and at most one transport per direction regardless of the number of
 * rooms. Everything is created on first use, so that signalling works without WebRTC.
 */
export class MediaConnection {
  readonly tracks = new MediaTracks();
  private readonly transports: Record<TransportDirection, types.Transport | undefined> = {
    send: undefined,
    recv: undefined,
  };
  private closed = false;
  /** Replaced by another connection: failures are no longer reported. */
  private retired = false;
  private readonly readyTime = new ReadyTime();
  private readonly iceRestarts: IceRestart[] = [];
  private producersMade = 0;

  constructor(private readonly options: MediaConnectionOptions) {}

  /**
   * Sends a track as part of a claimed stream. The track belongs to the application. `onMade` gets the
   * producer before the servers respond; it is closed if they refuse it.
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
    const hasOwnPause = pausesByEncodings(device);
    const producer = await transport.produce({
      track,
      ...whileMuted,
      ...(hasOwnPause ? { zeroRtpOnPause: false } : {}),
      appData: asked,
      ...(track.kind === 'video' ? videoOptions(device, track) : {}),
    });
    if (hasOwnPause) {
      pauseByEncodings(producer);
    }
    onMade(producer);
    await answerTo(asked, producer);
    return producer;
  }

  /** Creates the channel of a claimed data stream. */
  async produceData(streamId: string): Promise<{ producer: types.DataProducer; limits: DataLimits }> {
    if (this.options.session.send.sctpParameters === undefined) {
      throw PolyroomError.of('IM_NO_AVAILABLE_BROADCAST_CHANNEL', { problem: 'the session has no data' });
    }
    const asked: Asked<'stream.produceData'> = { streamId };
    const producer = await this.open('send', await this.load()).produceData({ appData: asked });
    const { dataProducerId: _, ...limits } = await answerTo(asked, producer);
    return { producer, limits };
  }

  /** ID of the receiving transport, for requests that must apply to this transport only. */
  get recvTransportId(): string {
    return this.options.session.recv.id;
  }

  /**
   * The device switched networks: both directions restart ICE at once instead of waiting for the old path to
   * time out.
   */
  handleNetworkChanged(): void {
    this.iceRestarts.forEach((iceRestart) => iceRestart.handleNetworkChanged());
  }

  /** The same session has a socket again. */
  handleSignalBack(): void {
    this.iceRestarts.forEach((iceRestart) => iceRestart.handleSignalBack());
  }

  /** Whether every transport that is in use is connected. */
  get isWorking(): boolean {
    return [this.transports.send, this.transports.recv].every(
      (transport) => transport === undefined || transport.connectionState === 'connected',
    );
  }

  /** Whether media flows in this direction. */
  isConnected(direction: TransportDirection): boolean {
    return this.transports[direction]?.connectionState === 'connected';
  }

  /** Another connection replaces this one, which may carry media until it is closed. */
  retire(): void {
    this.retired = true;
  }

  /** Stops sending and keeps receiving. Idempotent. */
  closeSending(): void {
    this.transports.send?.close();
  }

  async getReceiveCapabilities(): Promise<types.RtpCapabilities> {
    return (await this.load()).recvRtpCapabilities;
  }

  /** The first consumers wait for the connection to be established; later ones do not. */
  private get receiving(): ReceivingState {
    return this.transports.recv?.connectionState === 'connected' ? 'connected' : 'connecting';
  }

  /** Expected time to create the consumers of one more stream, with a margin. */
  get resumeAfterMs(): number {
    return this.readyTime.estimateMs(this.receiving);
  }

  /**
   * Connects the receiving transport before the first stream is played, which takes three round trips. A peer
   * connection needs something to receive: this placeholder is never sent, and the streams reuse its
   * connection.
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
      // Playing the first stream retries, and reports the error.
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
      // The same stream ID keeps audio and video in sync.
      streamId,
      appData: { streamId },
      rtpParameters: description.rtpParameters as unknown as types.RtpParameters,
    });
    this.readyTime.note(receiving, performance.now() - startedAtMs);
    return consumer;
  }

  /** The consumer stays paused until the servers are asked to resume it. */
  async consumeData(streamId: string, description: DataConsumerDescription): Promise<types.DataConsumer> {
    const { dataConsumerId, dataProducerId, sctpStreamParameters } = description;
    return this.open('recv', await this.load()).consumeData({
      id: dataConsumerId,
      dataProducerId,
      sctpStreamParameters: { streamId: sctpStreamParameters.streamId, ordered: true },
      appData: { streamId },
    });
  }

  /** WebRTC statistics of one direction; undefined without a transport. */
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

  private load(): Promise<Device> {
    return this.options.devices.load(this.options.session.routerRtpCapabilities);
  }

  /**
   * mediasoup-client needs an ID before the server assigns one; the protocol names producers by stream and
   * kind.
   */
  private newLocalId(): string {
    this.producersMade += 1;
    return `local-${this.producersMade}`;
  }

  /** The node does not have this client's DTLS parameters, so the transport will never carry media. */
  private handleUnconnected(transport: types.Transport, error: PolyroomError): void {
    if (this.closed || this.retired) {
      return;
    }
    const isUnheard =
      error.errorName === 'PROTOCOL_SOCKET_CLOSED' || error.errorName === 'PROTOCOL_NETWORK_TIMEOUT';
    if (isUnheard) {
      this.options.onUnconnected();
    } else {
      // If the worker or node failed, other transports will be assigned.
      transport.close();
    }
  }

  private open(direction: TransportDirection, device: Device): types.Transport {
    const existing = this.transports[direction];
    if (existing !== undefined) {
      return existing;
    }
    if (this.closed) {
      throw PolyroomError.of('ROOM_CONNECT_TEMPORARY_BROKEN');
    }
    const { call, onFailed, session } = this.options;
    const parameters = {
      ...session[direction],
      ...(session.iceServers === undefined ? {} : { iceServers: session.iceServers }),
    } as unknown as types.TransportOptions;
    const transport =
      direction === 'send' ? device.createSendTransport(parameters) : device.createRecvTransport(parameters);
    transport.on('connect', ({ dtlsParameters }, done) => {
      // Not awaited: the first media packets reach the node later than this request.
      call('transport.connect', { direction, transportId: transport.id, dtlsParameters }).catch(
        (error: unknown) => {
          this.handleUnconnected(transport, PolyroomError.from(error, 'PROTOCOL_SOCKET_CLOSED'));
        },
      );
      done();
    });
    // mediasoup-client runs one operation at a time: awaiting the response here would block a mute or a
    // close.
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
    const timer = setTimeout(() => {
      if (!isOver() && transport.connectionState === 'connecting') {
        iceRestart.start();
      }
    }, connectTimeoutMs);
    (timer as { unref?: () => void }).unref?.();
    transport.on('connectionstatechange', (state) => {
      if (state === 'connected') {
        clearTimeout(timer);
        this.options.onConnected(direction);
      }
      if ((state === 'disconnected' || state === 'failed') && !isOver()) {
        iceRestart.start();
      }
    });
    this.tracks.watch(direction, transport);
    this.transports[direction] = transport;
    return transport;
  }
}

/** Prevents an unhandled rejection before the promise is awaited. */
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
