import { type types } from 'mediasoup';
import { parametersInvalid } from './media-errors.js';
import { type MediaWorker } from './media-worker.js';
import { PipeIn, type PipedProducer } from './pipe-in.js';
import { type PipeListenOptions } from './pipe-listen.js';
import { type RemoteNodes } from './remote-nodes.js';
import { type MuteList } from './stream-mutes.js';
import { type CloseReason, type StreamLease, type StreamSource, type WantedStream } from './stream-source.js';

/** Streams produced on other nodes: one pipe per stream and router of this node. */
export class RemoteStreamSource implements StreamSource {
  readonly #nodeId: string;
  readonly #listen: PipeListenOptions;
  readonly #nodes: RemoteNodes;
  readonly #byTarget = new Map<MediaWorker, Map<string, PipeIn>>();

  constructor(nodeId: string, listen: PipeListenOptions, nodes: RemoteNodes) {
    this.#nodeId = nodeId;
    this.#listen = listen;
    this.#nodes = nodes;
  }

  list(): PipeIn[] {
    return [...this.#byTarget.values()].flatMap((byKey) => [...byKey.values()]);
  }

  async lease(
    wanted: WantedStream,
    viewer: MediaWorker,
    onEnded: (reason: CloseReason) => void,
    onAdded: (producerId: string) => void,
  ): Promise<StreamLease> {
    const pipe = this.#pipeOf(wanted, viewer);
    pipe.hold(onEnded, onAdded);
    let released = false;
    const release = () => {
      if (!released) {
        released = true;
        pipe.release(onEnded, onAdded);
      }
    };
    try {
      const producers = await pipe.producers;
      const router = await viewer.openRouter();
      const rtpCapabilities = wanted.rtpCapabilities as types.RtpCapabilities;
      for (const { id: producerId, kind } of producers) {
        if (!router.canConsume({ producerId, rtpCapabilities })) {
          throw parametersInvalid(`the viewer cannot decode the ${kind} of the stream`);
        }
      }
      const dataProducerId = pipe.dataProducer?.id;
      return { producerIds: producers.map(({ id }) => id), dataProducerId, mutes: pipe.mutes, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The stream in a pipe has ended. Idempotent. */
  end(pipeId: string, reason: CloseReason): void {
    this.list()
      .find((pipe) => pipe.pipeId === pipeId)
      ?.end(reason);
  }

  /** The stream in a pipe has additional producers. */
  extend(pipeId: string, producers: PipedProducer[]): void {
    this.list()
      .find((pipe) => pipe.pipeId === pipeId)
      ?.extend(producers);
  }

  update(pipeId: string, mutes: MuteList): void {
    this.list()
      .find((pipe) => pipe.pipeId === pipeId)
      ?.mutes.replace(mutes);
  }

  /** The source node was lost. */
  endAllFrom(nodeId: string): void {
    this.list()
      .filter(({ stream }) => stream.sourceNodeId === nodeId)
      .forEach((pipe) => pipe.end('nodeLost'));
  }

  #pipeOf(wanted: WantedStream, viewer: MediaWorker): PipeIn {
    const { appId, data, sourceNodeId, streamId } = wanted;
    const key = `${sourceNodeId}/${appId}/${streamId}/${data}`;
    const byKey = this.#byTarget.get(viewer) ?? new Map<string, PipeIn>();
    const present = byKey.get(key);
    if (present !== undefined) {
      return present;
    }
    const pipe: PipeIn = new PipeIn(
      { appId, data, sourceNodeId, streamId },
      viewer,
      this.#nodeId,
      this.#listen,
      this.#nodes,
      () => {
        if (byKey.get(key) === pipe) {
          byKey.delete(key);
        }
        if (byKey.size === 0 && this.#byTarget.get(viewer) === byKey) {
          this.#byTarget.delete(viewer);
        }
      },
    );
    byKey.set(key, pipe);
    this.#byTarget.set(viewer, byKey);
    return pipe;
  }
}
