import { createWorker, type types } from 'mediasoup';

export type RawOrders = {
  start: Record<string, never>;
  /** A transport whose client has these fingerprints. */
  open: { dtlsParameters: types.DtlsParameters };
  produce: { transportId: string; kind: types.MediaKind; rtpParameters: types.RtpParameters };
  consume: { transportId: string; producerIds: string[] };
};

export type RawAnswers = {
  start: { pid: number };
  open: Pick<types.WebRtcTransport, 'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>;
  produce: { id: string };
  consume: null;
};

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
];

/** The minimal application around mediasoup: a worker, a router, and transports on request. */
class RawApp {
  private worker: types.Worker | undefined;
  private server: types.WebRtcServer | undefined;
  private router: types.Router | undefined;
  private readonly transports = new Map<string, types.WebRtcTransport>();

  async start(): Promise<RawAnswers['start']> {
    this.worker = await createWorker({ logLevel: 'warn' });
    this.server = await this.worker.createWebRtcServer({
      listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: '127.0.0.1' })),
    });
    this.router = await this.worker.createRouter({ mediaCodecs });
    return { pid: this.worker.pid };
  }

  async open({ dtlsParameters }: RawOrders['open']): Promise<RawAnswers['open']> {
    const transport = await this.router!.createWebRtcTransport({
      webRtcServer: this.server!,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: 1_000_000,
    });
    await transport.connect({ dtlsParameters });
    this.transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters: transport.dtlsParameters };
  }

  async produce({ transportId, kind, rtpParameters }: RawOrders['produce']): Promise<RawAnswers['produce']> {
    const { id } = await this.transports.get(transportId)!.produce({ kind, rtpParameters });
    return { id };
  }

  async consume({ transportId, producerIds }: RawOrders['consume']): Promise<null> {
    const { rtpCapabilities } = this.router!;
    for (const producerId of producerIds) {
      await this.transports.get(transportId)!.consume({ producerId, rtpCapabilities });
    }
    return null;
  }
}

const app = new RawApp();
process.on('message', (message: { name: keyof RawOrders; order: never }) => {
  app[message.name](message.order).then(
    (result) => process.send!({ result }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send!({ result: 'ready' });
