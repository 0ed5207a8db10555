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
 * A browser answers one key frame request per 300 ms and ignores the rest; a worker whose request is ignored
 * retries after a second. So the worker merges requests within this interval: a viewer that misses one key
 * frame waits for the next. Slightly above 300 ms, to allow for network jitter.
 */
const keyFrameIntervalMs = 350;

const kindOrder: readonly MediaKind[] = ['audio', 'video'];

/**
 * A published stream: at most one producer per kind, or a single data producer, all on the send transport of
 * its session.
 */
export class Upstream {
  /** Kinds that are produced or pending. */
  readonly #kinds = new Set<StreamKind>();
  readonly #producers = new Map<MediaKind, types.Producer>();
  #dataProducer: types.DataProducer | undefined;
  readonly #kindListeners = new Set<() => void>();
  readonly #endListeners = new Set<(reason: CloseReason) => void>();
  /** Kinds announced by its publisher. */
  #announced: readonly MediaKind[] = [];
  /** Kinds muted in all rooms. */
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

  /** No producer, and none pending. */
  get empty(): boolean {
    return this.#kinds.size === 0;
  }

  /** Whether it can be played: it has a producer, and every announced kind. */
  get complete(): boolean {
    const hasSome = this.#producers.size > 0 || this.#dataProducer !== undefined;
    return hasSome && this.#announced.every((kind) => this.#producers.has(kind));
  }

  /** Producers, audio before video, so that every viewer's consumers have the same order. */
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
      const rtpParameters = withoutTexts(wholeWhereAlone(given as types.RtpParameters));
      const producer = await withClientInput('transport.produce', () =>
        this.session.send.transport.produce({
          kind,
          rtpParameters,
          paused: this.#paused.has(kind),
          keyFrameRequestDelay: keyFrameIntervalMs,
        }),
      );
      // Muted or unmuted while the worker created it.
      while (!this.#closed && this.#paused.has(kind) !== producer.paused) {
        const method = producer.paused ? 'resume' : 'pause';
        await withClientInput(`producer.${method}`, () => producer[method]());
      }
      if (this.#closed) {
        producer.close();
        throw parametersInvalid('the stream was closed meanwhile');
      }
      this.#producers.set(kind, producer);
      // Existing players receive the new kind too.
      [...this.#kindListeners].forEach((listener) => listener());
      if (kind === 'audio') {
        const { ref, router, worker } = this.session;
        void worker.speakers.watch(router, producer, { session: ref, streamId: this.streamId });
      }
      return producer;
    } catch (error) {
      this.#kinds.delete(kind);
      throw error;
    }
  }

  /** @param onTooFast is called if its publisher exceeds the data rate; the caller then closes the stream. */
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
      const dataProducer = await withClientInput('transport.produceData', () =>
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

  /** Mutes or unmutes a kind in one room, or in all. */
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

  /** Registers a listener for additional kinds. */
  onKindAdded(listener: () => void): void {
    this.#kindListeners.add(listener);
  }

  offKindAdded(listener: () => void): void {
    this.#kindListeners.delete(listener);
  }

  /** Registers a listener for the end of the stream. */
  onEnd(listener: (reason: CloseReason) => void): void {
    this.#endListeners.add(listener);
  }

  offEnd(listener: (reason: CloseReason) => void): void {
    this.#endListeners.delete(listener);
  }

  /** Closes downlinks first, then pipes, then producers, all within this call. Idempotent. */
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
 * Workaround for mediasoup 3.27: a worker drops the first key frame of a lone VP8 encoding with temporal
 * layers for each new viewer, which then waits a second for the next one. Without the layers declared, the
 * encoding is forwarded whole.
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

/** Viewers would get these texts of the publisher. mediasoup makes a CNAME of its own for each transport. */
function withoutTexts({ msid: _, ...rtpParameters }: types.RtpParameters): types.RtpParameters {
  const { rtcp } = rtpParameters;
  if (rtcp?.cname === undefined || typeof rtcp.cname !== 'string') {
    return rtpParameters;
  }
  const { cname: _cname, ...others } = rtcp;
  return { ...rtpParameters, rtcp: others };
}
