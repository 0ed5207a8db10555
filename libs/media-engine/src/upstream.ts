import {
  AppError,
  type MediaKind,
  type ParsedRequestOf,
  type mediaRpc,
  type ReplyOf,
  type StreamKind,
} from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { parametersInvalid, withClientInput } from './media-errors.js';
import { type Session } from './session.js';
import { StreamMutes } from './stream-mutes.js';
import { type CloseReason } from './stream-source.js';

export type GivenRtpParameters = ParsedRequestOf<typeof mediaRpc.produce>['rtpParameters'];
export type GivenData = Pick<
  ParsedRequestOf<typeof mediaRpc.produceData>,
  'messagesPerSecond' | 'sctpStreamParameters'
>;
export type Mute = Pick<ParsedRequestOf<typeof mediaRpc.muteUpstream>, 'by' | 'kind' | 'muted' | 'roomId'>;
type HeldUpstream = ReplyOf<typeof mediaRpc.getSession>['upstreams'][number];

/**
 * A browser answers one request for a key frame within 300 ms and ignores the others; a worker whose request is
 * ignored asks again after a second. So a worker collects what comes meanwhile into one request: whoever comes
 * too late for one key frame waits for the next. A little longer than the 300 ms, for the network between.
 */
const keyFrameIntervalMs = 350;

const kindOrder: readonly MediaKind[] = ['audio', 'video'];

/**
 * A published stream: at most one producer per kind, or one of data and nothing else, all on the send
 * transport of its session.
 */
export class Upstream {
  /** Kinds that are produced or about to be. */
  readonly #kinds = new Set<StreamKind>();
  readonly #producers = new Map<MediaKind, types.Producer>();
  #dataProducer: types.DataProducer | undefined;
  readonly #kindListeners = new Set<() => void>();
  readonly #endListeners = new Set<(reason: CloseReason) => void>();
  /** Kinds that its publisher has announced. */
  #announced: readonly MediaKind[] = [];
  /** Kinds that are kept from everybody. */
  readonly #paused = new Set<MediaKind>();
  readonly mutes = new StreamMutes();
  #closed = false;

  constructor(
    readonly session: Session,
    readonly streamId: string,
  ) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Neither a producer nor one under way. */
  get empty(): boolean {
    return this.#kinds.size === 0;
  }

  /** Whether it can be played: it has something, and everything that was announced. */
  get complete(): boolean {
    const hasSome = this.#producers.size > 0 || this.#dataProducer !== undefined;
    return hasSome && this.#announced.every((kind) => this.#producers.has(kind));
  }

  /** The producers, audio before video, so that every viewer has its consumers in the same order. */
  get producers(): types.Producer[] {
    return kindOrder.flatMap((kind) => this.#producers.get(kind) ?? []);
  }

  get dataProducer(): types.DataProducer | undefined {
    return this.#dataProducer;
  }

  get kinds(): StreamKind[] {
    return this.#dataProducer === undefined
      ? kindOrder.filter((kind) => this.#producers.has(kind))
      : ['data'];
  }

  /** For a gateway that takes over the session. */
  describe(): HeldUpstream {
    return {
      streamId: this.streamId,
      kinds: this.kinds,
      mutes: {
        everywhere: [...this.#paused],
        publisher: this.mutes.list('publisher'),
        operator: this.mutes.list('operator'),
      },
    };
  }

  async produce(
    kind: MediaKind,
    given: GivenRtpParameters,
    announced: readonly MediaKind[] = [],
  ): Promise<types.Producer> {
    if (this.#kinds.has(kind) || this.#kinds.has('data')) {
      throw parametersInvalid(`the stream has ${[...this.#kinds].join(' and ')} already`);
    }
    this.#kinds.add(kind);
    this.#announced = announced;
    try {
      const rtpParameters = wholeWhereAlone(given as types.RtpParameters);
      const producer = await withClientInput(() =>
        this.session.send.transport.produce({
          kind,
          rtpParameters,
          paused: this.#paused.has(kind),
          keyFrameRequestDelay: keyFrameIntervalMs,
        }),
      );
      if (this.#closed) {
        producer.close();
        throw parametersInvalid('the stream was closed meanwhile');
      }
      this.#producers.set(kind, producer);
      // Who plays it already gets this one as well.
      [...this.#kindListeners].forEach((listener) => listener());
      if (kind === 'audio') {
        const { ref, router, worker } = this.session;
        void worker.voices.watch(router, producer, { session: ref, streamId: this.streamId });
      }
      return producer;
    } catch (error) {
      this.#kinds.delete(kind);
      throw error;
    }
  }

  /** @param onTooFast is called where its publisher sends more than it may; the stream is then to be closed. */
  async produceData(
    { messagesPerSecond, sctpStreamParameters }: GivenData,
    onTooFast: () => void,
  ): Promise<types.DataProducer> {
    if (this.#kinds.size > 0) {
      throw parametersInvalid(`the stream has ${[...this.#kinds].join(' and ')} already`);
    }
    const { transport } = this.session.send;
    if (transport.sctpParameters === undefined) {
      throw new AppError('IM_NO_AVAILABLE_BROADCAST_CHANNEL', {
        details: { problem: 'the session was opened without data' },
      });
    }
    this.#kinds.add('data');
    try {
      const { streamId } = sctpStreamParameters;
      const dataProducer = await withClientInput(() =>
        transport.produceData({ sctpStreamParameters: { streamId, ordered: true } }),
      );
      if (this.#closed) {
        dataProducer.close();
        throw parametersInvalid('the stream was closed meanwhile');
      }
      this.#dataProducer = dataProducer;
      this.session.worker.dataWatch.watch(dataProducer, messagesPerSecond, onTooFast);
      return dataProducer;
    } catch (error) {
      this.#kinds.delete('data');
      throw error;
    }
  }

  /** Keeps a kind from one room, or from all. */
  async mute({ by, kind, muted, roomId }: Mute): Promise<void> {
    if (roomId !== undefined) {
      this.mutes.set(by, roomId, kind, muted);
      return;
    }
    if (muted) {
      this.#paused.add(kind);
    } else {
      this.#paused.delete(kind);
    }
    const producer = this.#producers.get(kind);
    await (muted ? producer?.pause() : producer?.resume());
  }

  /** Registers who has to know that the stream has one more kind. */
  onKindAdded(listener: () => void): void {
    this.#kindListeners.add(listener);
  }

  offKindAdded(listener: () => void): void {
    this.#kindListeners.delete(listener);
  }

  /** Registers who has to know that the stream has ended. */
  onEnd(listener: (reason: CloseReason) => void): void {
    this.#endListeners.add(listener);
  }

  offEnd(listener: (reason: CloseReason) => void): void {
    this.#endListeners.delete(listener);
  }

  /** Downlinks first, pipes behind them, producers last, all within this call. Idempotent. */
  close(reason: CloseReason): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    [...this.#endListeners].forEach((listener) => listener(reason));
    this.#endListeners.clear();
    this.#kindListeners.clear();
    this.#producers.forEach((producer) => producer.close());
    this.#producers.clear();
    this.#dataProducer?.close();
  }
}

/**
 * A worker (mediasoup 3.27) keeps the first key frame of a lone VP8 encoding with temporal layers from each
 * new viewer, who waits a second for the next one. Where the layers are not named it is passed on whole.
 */
function wholeWhereAlone(rtpParameters: types.RtpParameters): types.RtpParameters {
  const { codecs, encodings = [] } = rtpParameters;
  const isVp8 = codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'video/vp8');
  const [only] = encodings;
  if (!isVp8 || only?.scalabilityMode === undefined || encodings.length > 1) {
    return rtpParameters;
  }
  const { scalabilityMode: _, ...whole } = only;
  return { ...rtpParameters, encodings: [whole] };
}
