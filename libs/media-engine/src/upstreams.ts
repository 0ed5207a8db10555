import { AppError, type MediaKind, type SessionRef } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type Session } from './session.js';
import { type CloseReason } from './stream-source.js';
import { type GivenData, type GivenRtpParameters, type Mute, Upstream } from './upstream.js';

/**
 * How long data publishing is blocked after a rate violation; without it the client would resume within a
 * second.
 */
const dataPenaltyMs = 10_000;

/** A stream that the node closed because its publisher exceeded the data rate. */
export interface UpstreamStopped {
  session: SessionRef;
  streamId: string;
  reason: 'tooFast';
}

/** The streams produced on this node. A stream ID is unique within its AppID. */
export class Upstreams {
  readonly #byKey = new Map<string, Upstream>();
  readonly #onStopped: (fact: UpstreamStopped) => void;

  constructor(onStopped: (fact: UpstreamStopped) => void) {
    this.#onStopped = onStopped;
  }

  get count(): number {
    return this.#byKey.size;
  }

  /**
   * Adds a producer to a stream; the first one creates the stream. The room service decides the ownership of
   * a stream ID, so a session with a claim takes over from a former owner whose close has not arrived yet.
   */
  produce(
    session: Session,
    streamId: string,
    kind: MediaKind,
    rtpParameters: GivenRtpParameters,
    announced?: readonly MediaKind[],
  ): Promise<types.Producer> {
    return this.#with(session, streamId, (upstream) => upstream.produce(kind, rtpParameters, announced));
  }

  /** The same for the only producer of a data stream. */
  async produceData(session: Session, streamId: string, data: GivenData): Promise<types.DataProducer> {
    if (performance.now() < session.dataRefusedUntilMs) {
      throw new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD', { details: { streamId } });
    }
    return this.#with(session, streamId, (upstream) =>
      upstream.produceData(data, () => {
        session.dataRefusedUntilMs = performance.now() + dataPenaltyMs;
        this.#remove(upstream, 'sourceEnded');
        this.#onStopped({ session: session.ref, streamId, reason: 'tooFast' });
      }),
    );
  }

  find(appId: number, streamId: string): Upstream | undefined {
    return this.#byKey.get(keyOf(appId, streamId));
  }

  listOf(session: Session): Upstream[] {
    return [...this.#byKey.values()].filter((upstream) => upstream.session === session);
  }

  async mute(session: Session, streamId: string, mute: Mute): Promise<void> {
    const upstream = this.find(session.ref.appId, streamId);
    if (upstream?.session !== session) {
      throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { streamId } });
    }
    await upstream.mute(mute);
  }

  /** Closes a stream if this session owns it. Idempotent. */
  close(session: Session, streamId: string): void {
    const upstream = this.find(session.ref.appId, streamId);
    if (upstream?.session === session) {
      this.#remove(upstream, 'sourceEnded');
    }
  }

  closeAllOf(session: Session, reason: CloseReason): void {
    this.listOf(session).forEach((upstream) => this.#remove(upstream, reason));
  }

  async #with<T>(
    session: Session,
    streamId: string,
    produce: (upstream: Upstream) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(session.ref.appId, streamId);
    let upstream = this.#byKey.get(key);
    if (upstream !== undefined && upstream.session !== session) {
      this.#remove(upstream, 'sourceEnded');
      upstream = undefined;
    }
    if (upstream === undefined) {
      upstream = new Upstream(session, streamId);
      this.#byKey.set(key, upstream);
    }
    try {
      return await produce(upstream);
    } catch (error) {
      if (upstream.empty) {
        this.#remove(upstream, 'sourceEnded');
      }
      throw error;
    }
  }

  #remove(upstream: Upstream, reason: CloseReason): void {
    const key = keyOf(upstream.session.ref.appId, upstream.streamId);
    if (this.#byKey.get(key) === upstream) {
      this.#byKey.delete(key);
    }
    upstream.close(reason);
  }
}

function keyOf(appId: number, streamId: string): string {
  return `${appId}/${streamId}`;
}
