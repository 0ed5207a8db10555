import { KeyedQueue } from '@polyroom/async';
import { AppError, type MediaKind } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { callWorker } from './call-worker.js';
import { isGone, parametersInvalid, withClientInput } from './media-errors.js';
import { type Session } from './session.js';
import {
  type CloseReason,
  type RtpCapabilities,
  type StreamLease,
  type StreamSource,
  type WantedStream,
} from './stream-source.js';

/** The largest simulcast layer; the worker takes it for the largest one that the stream has. */
const topLayer = 2;

/** What the viewer receives of a stream. */
export interface DownlinkLimit {
  readonly kinds: ReadonlySet<MediaKind>;
  /** The largest simulcast layer; undefined: all. */
  readonly maxLayer: number | undefined;
}

/**
 * A stream that a session plays on behalf of one or more rooms: one consumer per kind, or one data consumer.
 */
export class Downlink {
  readonly #roomIds = new Set<string>();
  /** Settles when the consumers exist; every binding waits for it. */
  readonly opened: Promise<void>;
  #consumers: types.Consumer[] = [];
  #dataConsumer: types.DataConsumer | undefined;
  #lease: StreamLease | undefined;
  /** Whether the client has requested packets. */
  #resumed = false;
  #closed = false;
  #limit: DownlinkLimit = { kinds: new Set(['audio', 'video']), maxLayer: undefined };
  /**
   * Changes of a consumer, one at a time: its `paused` and its layers change only when the worker has answered. The
   * last one finds the final state.
   */
  readonly #changes = new KeyedQueue<types.Consumer>();

  /**
   * @param onEnded is called at most once, when the stream ends by itself.
   * @param onExtended is called for each consumer added after opening.
   */
  constructor(
    readonly session: Session,
    readonly streamId: string,
    private readonly wanted: WantedStream,
    source: StreamSource,
    private readonly onEnded: (reason: CloseReason) => void,
    private readonly onExtended: (consumer: types.Consumer) => void,
  ) {
    this.opened = this.#open(wanted, source);
    // Every binder awaits it and receives the failure; without a binder the rejection has no handler.
    this.opened.catch(() => undefined);
  }

  get roomIds(): ReadonlySet<string> {
    return this.#roomIds;
  }

  addRoom(roomId: string): void {
    this.#roomIds.add(roomId);
    this.#applyMutes();
  }

  /** Removes one room, or all. */
  removeRoom(roomId: string | undefined): void {
    if (roomId === undefined) {
      this.#roomIds.clear();
    } else {
      this.#roomIds.delete(roomId);
    }
    this.#applyMutes();
  }

  get sourceNodeId(): string {
    return this.wanted.sourceNodeId;
  }

  get consumers(): types.Consumer[] {
    return this.#consumers;
  }

  get dataConsumer(): types.DataConsumer | undefined {
    return this.#dataConsumer;
  }

  get isData(): boolean {
    return this.wanted.data;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resumes the consumers and requests a key frame, without which video cannot start. */
  async resume(): Promise<void> {
    await this.opened;
    this.#resumed = true;
    try {
      await this.#dataConsumer?.resume();
      await Promise.all(
        this.#consumers.map((consumer) => this.#changes.run(consumer, () => this.#start(consumer))),
      );
    } catch (error) {
      if (this.#closed || isGone(error)) {
        throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED', { cause: error });
      }
      throw error;
    }
  }

  /** Applies to the present and to added consumers. Resolves when the worker has applied it. */
  async limit(limit: DownlinkLimit): Promise<void> {
    await this.opened;
    if (this.#closed) {
      throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED');
    }
    this.#limit = limit;
    await Promise.all(
      this.#consumers.flatMap((consumer) => [this.#applyMute(consumer), this.#applyLayer(consumer)]),
    );
  }

  /** Closes the consumers and releases the stream, synchronously if it is open. Idempotent. */
  close(): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#giveBack();
  }

  async #open(wanted: WantedStream, source: StreamSource): Promise<void> {
    try {
      this.#lease = await source.lease(wanted, this.session.worker, this.#end, this.#handleAdded);
      if (this.#lease.dataProducerId !== undefined) {
        this.#assertOpen();
        this.#dataConsumer = await this.#consumeData(this.#lease.dataProducerId);
      }
      this.#lease.mutes.onChange(this.#applyMutes);
      for (const producerId of this.#lease.producerIds) {
        this.#assertOpen();
        const consumer = await this.#consume(producerId, wanted.rtpCapabilities);
        // Not before the await: the list may have been replaced during the wait.
        this.#consumers.push(consumer);
      }
      this.#assertOpen();
    } catch (error) {
      this.#closed = true;
      this.#giveBack();
      throw this.session.closed ? new AppError('MEDIA_SESSION_NOT_FOUND', { cause: error }) : error;
    }
  }

  /** The stream has ended, at least on this node. */
  readonly #end = (reason: CloseReason): void => {
    if (!this.#closed) {
      this.close();
      this.onEnded(reason);
    }
  };

  readonly #handleAdded = (producerId: string): void => {
    const adding = async () => {
      await this.opened;
      const consumer = await this.#consume(producerId, this.wanted.rtpCapabilities);
      if (this.#closed) {
        consumer.close();
        return;
      }
      this.#consumers.push(consumer);
      await this.#applyLayer(consumer);
      this.onExtended(consumer);
    };
    // A viewer that cannot decode the new kind, or has left, does not receive it.
    adding().catch(() => undefined);
  };

  async #consume(producerId: string, given: RtpCapabilities): Promise<types.Consumer> {
    const rtpCapabilities = given as types.RtpCapabilities;
    try {
      return await withClientInput('transport.consume', () =>
        // Paused: the first key frame must not be lost on a client without a receiver.
        this.session.recv.transport.consume({ producerId, rtpCapabilities, paused: true }),
      );
    } catch (error) {
      this.#assertOpen();
      throw error;
    }
  }

  async #consumeData(dataProducerId: string): Promise<types.DataConsumer> {
    const { transport } = this.session.recv;
    if (transport.sctpParameters === undefined) {
      throw parametersInvalid('the session was opened without data');
    }
    try {
      // Paused: a browser drops messages for a channel that it has not created yet.
      const dataConsumer = await withClientInput('transport.consumeData', () =>
        transport.consumeData({ dataProducerId, paused: true }),
      );
      // A message was lost. The following ones must not pass for a complete stream.
      dataConsumer.on('sctpsendbufferfull', () => this.#end('overloaded'));
      return dataConsumer;
    } catch (error) {
      this.#assertOpen();
      throw error;
    }
  }

  /** Called after every await: the session, the stream or the last binding may have ended meanwhile. */
  #assertOpen(): void {
    if (this.session.closed) {
      throw new AppError('MEDIA_SESSION_NOT_FOUND');
    }
    if (this.#closed) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
  }

  #isSilenced(kind: MediaKind): boolean {
    return !this.#limit.kinds.has(kind) || this.#lease?.mutes.silences(kind, this.#roomIds) === true;
  }

  async #start(consumer: types.Consumer): Promise<void> {
    if (this.#isSilenced(consumer.kind)) {
      return;
    }
    if (consumer.paused) {
      // The worker requests a key frame on resume; a second request would produce a second one.
      await callWorker('consumer.resume', () => consumer.resume());
    } else if (consumer.kind === 'video') {
      await callWorker('consumer.requestKeyFrame', () => consumer.requestKeyFrame());
    }
  }

  /** A consumer that closes meanwhile needs no layer. */
  #applyLayer(consumer: types.Consumer): Promise<void> {
    const apply = async () => {
      const { maxLayer = topLayer } = this.#limit;
      if (
        consumer.type === 'simulcast' &&
        (consumer.preferredLayers?.spatialLayer ?? topLayer) !== maxLayer
      ) {
        await consumer.setPreferredLayers({ spatialLayer: maxLayer });
      }
    };
    return this.#changes.run(consumer, apply).catch(() => undefined);
  }

  /** A consumer that closes meanwhile needs no change. */
  #applyMute(consumer: types.Consumer): Promise<void> {
    const apply = async () => {
      const silenced = this.#isSilenced(consumer.kind);
      if (this.#resumed && !this.#closed && silenced !== consumer.paused) {
        await (silenced ? consumer.pause() : consumer.resume());
      }
    };
    return this.#changes.run(consumer, apply).catch(() => undefined);
  }

  /** Called when the viewer's rooms or the stream's mutes change. */
  readonly #applyMutes = (): void => {
    this.#consumers.forEach((consumer) => void this.#applyMute(consumer));
  };

  #giveBack(): void {
    this.#lease?.mutes.offChange(this.#applyMutes);
    this.#consumers.forEach((consumer) => consumer.close());
    this.#consumers = [];
    this.#dataConsumer?.close();
    this.#lease?.release();
    this.#lease = undefined;
  }
}
