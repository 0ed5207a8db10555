import { AppError, type mediaPipeRpc, type MediaKind, newId, type RequestOf } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { callWorker } from './call-worker.js';
import { isGone } from './media-errors.js';
import { type MediaWorker } from './media-worker.js';
import { connectPipe, pipeEndOf, type PipeListenOptions, pipeTransportOptions } from './pipe-listen.js';
import { type RemoteNodes } from './remote-nodes.js';
import { StreamMutes } from './stream-mutes.js';
import { type CloseReason } from './stream-source.js';

export interface PipedStream {
  appId: number;
  streamId: string;
  sourceNodeId: string;
  data: boolean;
}

export type PipedProducer = RequestOf<typeof mediaPipeRpc.extendPipe>['producers'][number];

/**
 * One stream piped from another node to one router of this node, shared by all viewers on that router. Counts
 * its downlinks and closes with the last one.
 */
export class PipeIn {
  readonly pipeId = newId('pipe');
  /** As last reported by the other node. */
  readonly mutes = new StreamMutes();
  /** Settles when the stream has arrived; every viewer waits for it. */
  readonly producers: Promise<types.Producer[]>;
  readonly #endListeners = new Set<(reason: CloseReason) => void>();
  readonly #addListeners = new Set<(producerId: string) => void>();
  /** Kinds that have arrived or are pending: the other node may repeat a request. */
  readonly #kinds = new Set<MediaKind>();
  #downlinks = 0;
  #transport: types.PipeTransport | undefined;
  #dataProducer: types.DataProducer | undefined;
  /** Whether the other node may know of this pipe. */
  #asked = false;
  #closed = false;

  /** @param onClosed is called once, in the same event-loop tick. */
  constructor(
    readonly stream: PipedStream,
    readonly target: MediaWorker,
    private readonly nodeId: string,
    private readonly listen: PipeListenOptions,
    private readonly nodes: RemoteNodes,
    private readonly onClosed: () => void,
  ) {
    this.producers = this.#open();
    this.producers.catch(() => this.#close(true));
  }

  /** The producer of a data stream, once `producers` has settled. */
  get dataProducer(): types.DataProducer | undefined {
    return this.#dataProducer;
  }

  /** Number of downlinks, including those being opened. */
  get downlinks(): number {
    return this.#downlinks;
  }

  /** Counts one more downlink, which must release the pipe even if `producers` rejects. */
  hold(onEnded: (reason: CloseReason) => void, onAdded: (producerId: string) => void): void {
    this.#downlinks += 1;
    this.#addListeners.add(onAdded);
    this.#endListeners.add(onEnded);
  }

  release(onEnded: (reason: CloseReason) => void, onAdded: (producerId: string) => void): void {
    this.#downlinks -= 1;
    this.#addListeners.delete(onAdded);
    this.#endListeners.delete(onEnded);
    if (this.#downlinks === 0) {
      this.#close(true);
    }
  }

  /** The stream has additional producers since the pipe was opened. Later viewers get them with the rest. */
  extend(producers: PipedProducer[]): void {
    const extending = async () => {
      const arrived = await this.producers;
      for (const producer of producers) {
        if (this.#kinds.has(producer.kind)) {
          continue;
        }
        const added = await this.#produce(producer);
        this.#assertOpen();
        arrived.push(added);
        [...this.#addListeners].forEach((listener) => listener(added.id));
      }
    };
    // A closing pipe cannot be extended.
    extending().catch(() => undefined);
  }

  /** The stream ended or the node that sent it was lost. Idempotent. */
  end(reason: CloseReason): void {
    if (this.#closed) {
      return;
    }
    this.#close(false);
    [...this.#endListeners].forEach((listener) => listener(reason));
    this.#endListeners.clear();
  }

  #close(tellSource: boolean): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#transport?.close();
    if (tellSource && this.#asked) {
      void this.nodes.closePipe(this.stream.sourceNodeId, { pipeId: this.pipeId });
    }
    this.onClosed();
  }

  async #open(): Promise<types.Producer[]> {
    const { appId, data, sourceNodeId, streamId } = this.stream;
    try {
      const router = await this.target.openRouter();
      const transport = await callWorker('router.createPipeTransport', () =>
        router.createPipeTransport(pipeTransportOptions(this.listen, data)),
      );
      this.#transport = transport;
      this.#assertOpen();
      this.#asked = true;
      const { dataProducer, end, mutes, producers } = await this.nodes.openPipe(sourceNodeId, {
        pipeId: this.pipeId,
        appId,
        streamId,
        targetNodeId: this.nodeId,
        ...(data ? { data } : {}),
        end: pipeEndOf(transport),
      });
      this.#assertOpen();
      this.mutes.replace(mutes);
      await connectPipe(transport, end);
      const arrived = await Promise.all(producers.map((producer) => this.#produce(producer)));
      if (dataProducer !== undefined) {
        const sctpStreamParameters = dataProducer.sctpStreamParameters as types.SctpStreamParameters;
        this.#dataProducer = await transport.produceData({ sctpStreamParameters });
      }
      this.#assertOpen();
      return arrived;
    } catch (error) {
      if (this.#closed) {
        // Closed while it was being opened: close what was created late.
        this.#transport?.close();
      }
      throw AppError.is(error)
        ? error
        : isGone(error)
          ? new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { cause: error })
          : new AppError('MEDIA_NODE_UNAVAILABLE', { cause: error });
    }
  }

  #produce({ kind, paused, rtpParameters }: PipedProducer): Promise<types.Producer> {
    this.#kinds.add(kind);
    return callWorker('transport.produce', () =>
      this.#transport!.produce({
        kind,
        paused,
        rtpParameters: rtpParameters as unknown as types.RtpParameters,
      }),
    );
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
  }
}
