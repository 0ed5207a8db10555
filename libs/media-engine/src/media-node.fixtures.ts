import { type MediaKind, mediaRpc, newId, parseOrThrow, type SessionRef } from '@polyroom/contracts';
import { observer, type types } from 'mediasoup';
import { MediaNode, type MediaNodeOptions } from './media-node.js';

export const nodeId = 'nd_test';

/**
 * RTP parameters of a browser's microphone or camera; mediasoup accepts them on a transport without a peer.
 */
export function rtpParametersOf(kind: MediaKind, ssrc = Math.ceil(Math.random() * 0xffff_fff0)) {
  const shared = { mid: `${kind[0]}${ssrc % 1_000_000}`, encodings: [{ ssrc }], rtcp: { cname: 'someone' } };
  return kind === 'audio'
    ? {
        ...shared,
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      }
    : { ...shared, codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }] };
}

export const validFingerprint = { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') };

/**
 * Lets the event loop run some ticks, so that a test can interrupt an exchange with a worker at any point.
 */
export async function eventLoopTicks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A node with real workers, and access to all of their routers to verify the node's bookkeeping. */
export class TestNode {
  readonly #routers = new Set<types.Router>();
  /** All consumers ever created by viewers and pipes. */
  readonly consumers: types.Consumer[] = [];
  readonly dataConsumers: types.DataConsumer[] = [];
  readonly #onWorker = (worker: types.Worker) => {
    worker.observer.on('newrouter', (router) => {
      this.#routers.add(router);
      router.observer.on('close', () => this.#routers.delete(router));
      router.observer.on('newtransport', (transport) => {
        transport.observer.on('newconsumer', (consumer) => this.consumers.push(consumer));
        transport.observer.on('newdataconsumer', (consumer) => this.dataConsumers.push(consumer));
      });
    });
  };
  node!: MediaNode;

  static async start(workerCount = 2, over: Partial<MediaNodeOptions> = {}): Promise<TestNode> {
    const testNode = new TestNode();
    observer.on('newworker', testNode.#onWorker);
    testNode.node = await MediaNode.create({ nodeId, workerCount, listenIp: '127.0.0.1', ...over });
    return testNode;
  }

  /** Opens a session of a new user. */
  async join(userId = 'someone', { appId = 1, maxMessageBytes = 0 } = {}): Promise<TestSession> {
    const ref: SessionRef = { appId, userId, sessionId: newId('session') };
    const media = await this.node.openSession({
      session: ref,
      ...(maxMessageBytes === 0 ? {} : { data: { maxMessageBytes } }),
    });
    return new TestSession(this.node, ref, media.routerRtpCapabilities);
  }

  /**
   * The workers' actual state, independent of our bookkeeping. Pairs of pipe transports between live routers
   * stay.
   */
  async countInWorkers(): Promise<{
    producers: number;
    consumers: number;
    transports: number;
    routers: number;
  }> {
    const dumps = await Promise.all([...this.#routers].map((router) => router.dump()));
    const sum = (of: (dump: types.RouterDump) => number) =>
      dumps.reduce((total, dump) => total + of(dump), 0);
    return {
      routers: dumps.length,
      transports: sum(({ transportIds }) => transportIds.length),
      producers: sum(({ mapProducerIdConsumerIds }) => mapProducerIdConsumerIds.length),
      consumers: sum(({ mapConsumerIdProducerId }) => mapConsumerIdProducerId.length),
    };
  }

  async close(): Promise<void> {
    observer.off('newworker', this.#onWorker);
    await this.node.close();
  }
}

/** Drives a session as its gateway does: every request passes its contract first. */
export class TestSession {
  constructor(
    readonly node: MediaNode,
    readonly ref: SessionRef,
    readonly rtpCapabilities: object,
  ) {}

  async publish(streamId: string, kinds: MediaKind[] = ['audio', 'video']): Promise<void> {
    for (const kind of kinds) {
      await this.produce(streamId, kind);
    }
  }

  produce(streamId: string, kind: MediaKind, rtpParameters: unknown = rtpParametersOf(kind)) {
    const request = { session: this.ref, streamId, kind, rtpParameters };
    return this.node.produce(parseOrThrow(mediaRpc.produce.request, request));
  }

  produceData(streamId: string, sctpStreamParameters: unknown = { streamId: 0, ordered: true }) {
    const request = { session: this.ref, streamId, sctpStreamParameters, messagesPerSecond: 100 };
    return this.node.produceData(parseOrThrow(mediaRpc.produceData.request, request));
  }

  bind(streamId: string, roomId = 'room1', over: Record<string, unknown> = {}) {
    const request = {
      session: this.ref,
      streamId,
      roomId,
      sourceNodeId: nodeId,
      rtpCapabilities: this.rtpCapabilities,
      maxPlays: 12,
      ...over,
    };
    return this.node.bindDownlink(parseOrThrow(mediaRpc.bindDownlink.request, request));
  }

  resume(streamId: string) {
    return this.node.resumeDownlink({ session: this.ref, streamId });
  }

  limit(streamId: string, kinds: MediaKind[], maxLayer?: number) {
    const request = {
      ...{ session: this.ref, streamId, kinds },
      ...(maxLayer === undefined ? {} : { maxLayer }),
    };
    return this.node.limitDownlink(parseOrThrow(mediaRpc.limitDownlink.request, request));
  }

  unbind(streamId: string, roomId?: string) {
    return this.node.unbindDownlink({
      session: this.ref,
      streamId,
      ...(roomId === undefined ? {} : { roomId }),
    });
  }

  closeUpstream(streamId: string): void {
    this.node.closeUpstream({ session: this.ref, streamId });
  }

  close(): Promise<void> {
    return this.node.closeSession({ session: this.ref });
  }

  get dump() {
    return this.node.dump().sessions.find(({ sessionId }) => sessionId === this.ref.sessionId);
  }
}
