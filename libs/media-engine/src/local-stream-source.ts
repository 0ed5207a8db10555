import { AppError } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { isGone, parametersInvalid } from './media-errors.js';
import { type MediaWorker } from './media-worker.js';
import { type Pipe } from './pipe.js';
import { type Pipes } from './pipes.js';
import { type CloseReason, type StreamLease, type StreamSource, type WantedStream } from './stream-source.js';
import { type Upstream } from './upstream.js';
import { type Upstreams } from './upstreams.js';

/** Streams produced on this node: consumed directly on the same router, piped to the other routers. */
export class LocalStreamSource implements StreamSource {
  readonly #upstreams: Upstreams;
  readonly #pipes: Pipes;

  constructor(upstreams: Upstreams, pipes: Pipes) {
    this.#upstreams = upstreams;
    this.#pipes = pipes;
  }

  async lease(
    wanted: WantedStream,
    viewer: MediaWorker,
    onEnded: (reason: CloseReason) => void,
    onAdded: (producerId: string) => void,
  ): Promise<StreamLease> {
    const upstream = this.#find(wanted);
    const pipe = upstream.session.worker === viewer ? undefined : this.#pipes.hold(upstream, viewer);
    upstream.onEnd(onEnded);
    pipe?.onOverload(onEnded);
    const first = this.#carry(pipe, upstream);
    const sent = new Set<string>();
    const handleKind = () => {
      const sending = async () => {
        (await first).forEach((id) => sent.add(id));
        for (const id of await this.#carry(pipe, upstream)) {
          if (!released && !sent.has(id)) {
            sent.add(id);
            onAdded(id);
          }
        }
      };
      // Nothing can be added to a stream that ended meanwhile.
      sending().catch(() => undefined);
    };
    upstream.onKindAdded(handleKind);
    let released = false;
    const release = () => {
      if (!released) {
        released = true;
        upstream.offEnd(onEnded);
        upstream.offKindAdded(handleKind);
        pipe?.offOverload(onEnded);
        pipe?.release();
      }
    };
    try {
      const dataProducerId = await this.#carryData(pipe, upstream);
      return { producerIds: await first, dataProducerId, mutes: upstream.mutes, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #find(wanted: WantedStream): Upstream {
    const upstream = this.#upstreams.find(wanted.appId, wanted.streamId);
    const isWanted = upstream?.complete === true && (upstream.dataProducer !== undefined) === wanted.data;
    if (upstream === undefined || !isWanted) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    const rtpCapabilities = wanted.rtpCapabilities as types.RtpCapabilities;
    for (const { id: producerId, kind } of upstream.producers) {
      if (!upstream.session.router.canConsume({ producerId, rtpCapabilities })) {
        throw parametersInvalid(`the viewer cannot decode the ${kind} of the stream`);
      }
    }
    return upstream;
  }

  /** Pipes what the stream has so far to the viewer's router. */
  #carry(pipe: Pipe | undefined, upstream: Upstream): Promise<string[]> {
    return this.#orGone(upstream, async () =>
      pipe === undefined ? upstream.producers.map(({ id }) => id) : await pipe.carry(),
    );
  }

  #carryData(pipe: Pipe | undefined, upstream: Upstream): Promise<string | undefined> {
    return this.#orGone(upstream, async () =>
      pipe === undefined ? upstream.dataProducer?.id : await pipe.carryData(),
    );
  }

  async #orGone<T>(upstream: Upstream, carry: () => Promise<T>): Promise<T> {
    try {
      return await carry();
    } catch (error) {
      if (upstream.closed || isGone(error)) {
        throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { cause: error });
      }
      throw error;
    }
  }
}
