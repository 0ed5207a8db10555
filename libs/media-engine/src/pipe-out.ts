import { AppError, type PipeEnd, type mediaPipeRpc, type ReplyOf } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { callWorker } from './call-worker.js';
import { isGone } from './media-errors.js';
import { connectPipe, pipeEndOf, type PipeListenOptions, pipeTransportOptions } from './pipe-listen.js';
import { type PipedProducer } from './pipe-in.js';
import { type CloseReason } from './stream-source.js';
import { type Upstream } from './upstream.js';

/** A stream piped to another node: a transport of its own, with one consumer per kind. */
export class PipeOut {
  /** The reply to the other node, the same for every repeated request. */
  readonly opened: Promise<ReplyOf<typeof mediaPipeRpc.openPipe>>;
  #transport: types.PipeTransport | undefined;
  /** Producers of the stream that the other node knows or is being notified of. */
  readonly #sent = new Set<string>();
  #closed = false;

  /** @param onEnded is called at most once, if the stream ends before the pipe is closed. */
  constructor(
    readonly pipeId: string,
    readonly upstream: Upstream,
    readonly targetNodeId: string,
    end: PipeEnd,
    listen: PipeListenOptions,
    private readonly onEnded: (reason: CloseReason) => void,
    private readonly onMutesChanged: () => void,
    private readonly onExtended: (producers: PipedProducer[]) => void,
  ) {
    upstream.onKindAdded(this.#handleKind);
    upstream.onEnd(this.#handleEnd);
    upstream.mutes.onChange(this.onMutesChanged);
    this.opened = this.#open(end, listen);
    this.opened.catch(() => this.close());
  }

  /** Idempotent. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      this.upstream.offEnd(this.#handleEnd);
      this.upstream.offKindAdded(this.#handleKind);
      this.upstream.mutes.offChange(this.onMutesChanged);
      this.#transport?.close();
    }
  }

  readonly #handleEnd = (reason: CloseReason): void => {
    if (!this.#closed) {
      this.close();
      this.onEnded(reason);
    }
  };

  readonly #handleKind = (): void => {
    const extending = async () => {
      await this.opened;
      const added = this.upstream.producers.filter(({ id }) => !this.#sent.has(id));
      const producers = await this.#consume(added);
      if (!this.#closed && producers.length > 0) {
        this.onExtended(producers);
      }
    };
    // A pipe that is closing, or never opened, cannot be extended.
    extending().catch(() => undefined);
  };

  async #consume(producers: types.Producer[]): Promise<PipedProducer[]> {
    producers.forEach(({ id }) => this.#sent.add(id));
    const consumers = await Promise.all(
      producers.map(({ id }) =>
        callWorker('transport.consume', () => this.#transport!.consume({ producerId: id })),
      ),
    );
    return consumers.map(({ kind, producerPaused, rtpParameters }) => ({
      kind,
      rtpParameters: { ...rtpParameters },
      paused: producerPaused,
    }));
  }

  async #consumeData(transport: types.PipeTransport, { id }: types.DataProducer) {
    const dataConsumer = await transport.consumeData({ dataProducerId: id });
    dataConsumer.on('sctpsendbufferfull', () => this.#handleEnd('overloaded'));
    return { sctpStreamParameters: { ...dataConsumer.sctpStreamParameters! } };
  }

  async #open(end: PipeEnd, listen: PipeListenOptions): Promise<ReplyOf<typeof mediaPipeRpc.openPipe>> {
    try {
      const { dataProducer, session, producers } = this.upstream;
      const options = pipeTransportOptions(listen, dataProducer !== undefined);
      const transport = await callWorker('router.createPipeTransport', () =>
        session.router.createPipeTransport(options),
      );
      this.#transport = transport;
      this.#assertOpen();
      await connectPipe(transport, end);
      const piped = await this.#consume(producers);
      const pipedData = dataProducer && (await this.#consumeData(transport, dataProducer));
      this.#assertOpen();
      return {
        end: pipeEndOf(transport),
        producers: piped,
        ...(pipedData === undefined ? {} : { dataProducer: pipedData }),
        mutes: this.upstream.mutes.list(),
      };
    } catch (error) {
      if (this.#closed || isGone(error)) {
        this.#transport?.close();
        throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { cause: error });
      }
      throw new AppError('MEDIA_NODE_UNAVAILABLE', { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
  }
}
