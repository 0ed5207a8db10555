import {
  AppError,
  type MediaKind,
  type ParsedRequestOf,
  type ReplyOf,
  type mediaRpc,
  type SessionRef,
} from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { Downlink } from './downlink.js';
import { type Session } from './session.js';
import { type CloseReason, type StreamSource } from './stream-source.js';

type Binding = Omit<ParsedRequestOf<typeof mediaRpc.bindDownlink>, 'session'>;
type Bound = ReplyOf<typeof mediaRpc.bindDownlink>;
type Unbound = ReplyOf<typeof mediaRpc.unbindDownlink>;

/** How long the consumers of a stream's former node outlive the first packet from its new node. */
const retirementMs = 1500;

export interface DownlinkClosed {
  session: SessionRef;
  streamId: string;
  reason: CloseReason;
}

/** A downlink with an additional consumer, paused until the client has its receiver. */
export interface DownlinkExtended {
  session: SessionRef;
  streamId: string;
  consumer: Bound['consumers'][number];
}

/** The downlinks of a node's sessions. */
export class Downlinks {
  readonly #source: StreamSource;
  readonly #onDownlinkClosed: (fact: DownlinkClosed) => void;
  readonly #onDownlinkExtended: (fact: DownlinkExtended) => void;
  readonly #bySession = new Map<Session, Map<string, Downlink>>();
  /** Downlinks of streams that moved to another node, kept until their successors receive media. */
  readonly #retired = new Map<Session, Map<string, Downlink>>();

  constructor(
    source: StreamSource,
    onDownlinkClosed: (fact: DownlinkClosed) => void,
    onDownlinkExtended: (fact: DownlinkExtended) => void,
  ) {
    this.#onDownlinkExtended = onDownlinkExtended;
    this.#source = source;
    this.#onDownlinkClosed = onDownlinkClosed;
  }

  get count(): number {
    return [...this.#bySession.values()].reduce((sum, byStream) => sum + byStream.size, 0);
  }

  /**
   * Binds a stream to a room. The first binding creates the downlink; concurrent bindings wait for the same
   * one, so there is never more than one per session and stream.
   */
  async bind(session: Session, binding: Binding): Promise<Bound> {
    const { streamId, roomId } = binding;
    let present = this.find(session, streamId);
    if (present !== undefined && present.sourceNodeId !== binding.sourceNodeId) {
      this.#retire(present);
      present = undefined;
    }
    if (present !== undefined && present.isData !== (binding.data ?? false)) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    const isNew = present === undefined;
    const downlink = present ?? this.#create(session, binding);
    downlink.addRoom(roomId);
    try {
      await downlink.opened;
    } catch (error) {
      this.#forget(downlink);
      throw error;
    }
    if (downlink.closed) {
      throw new AppError(session.closed ? 'MEDIA_SESSION_NOT_FOUND' : 'PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    if (isNew && binding.resumeAfterMs !== undefined) {
      this.#resumeAfter(downlink, binding.resumeAfterMs);
    }
    return {
      created: isNew,
      consumers: downlink.consumers.map(describe),
      ...(downlink.dataConsumer === undefined ? {} : { dataConsumer: describeData(downlink.dataConsumer) }),
      roomIds: [...downlink.roomIds],
    };
  }

  async resume(session: Session, streamId: string): Promise<void> {
    const downlink = this.find(session, streamId);
    if (downlink === undefined) {
      throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED');
    }
    await this.#resume(downlink);
  }

  async limit(
    session: Session,
    { kinds, maxLayer, streamId }: { streamId: string; kinds: MediaKind[]; maxLayer?: number | undefined },
  ): Promise<void> {
    const downlink = this.find(session, streamId);
    if (downlink === undefined) {
      throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED');
    }
    await downlink.limit({ kinds: new Set(kinds), maxLayer });
  }

  /** Removes the binding of one room, or all; without bindings the downlink closes. Idempotent. */
  unbind(session: Session, streamId: string, roomId: string | undefined): Unbound {
    const downlink = this.find(session, streamId);
    if (downlink === undefined) {
      return { closed: true, roomIds: [] };
    }
    downlink.removeRoom(roomId);
    if (downlink.roomIds.size === 0) {
      this.#forget(downlink);
      downlink.close();
      this.#closeRetired(this.#retired.get(session)?.get(streamId));
    }
    return { closed: downlink.closed, roomIds: [...downlink.roomIds] };
  }

  find(session: Session, streamId: string): Downlink | undefined {
    return this.#bySession.get(session)?.get(streamId);
  }

  listOf(session: Session): Downlink[] {
    return [...(this.#bySession.get(session)?.values() ?? [])];
  }

  /** Closes all downlinks of a session. With a reason, reports each one: the session did not request it. */
  closeAllOf(session: Session, reason?: CloseReason): void {
    const downlinks = this.listOf(session);
    this.#bySession.delete(session);
    [...(this.#retired.get(session)?.values() ?? [])].forEach((retired) => this.#closeRetired(retired));
    for (const downlink of downlinks) {
      downlink.close();
      if (reason !== undefined) {
        this.#report(downlink, reason);
      }
    }
  }

  #create(session: Session, binding: Binding): Downlink {
    const present = this.#bySession.get(session);
    const { data = false } = binding;
    const alike = [...(present?.values() ?? [])].filter(({ isData }) => isData === data);
    if (alike.length >= binding.maxPlays) {
      throw new AppError('PLAYER_COUNT_EXCEED', { details: { maxPlays: binding.maxPlays } });
    }
    const { streamId, sourceNodeId, rtpCapabilities } = binding;
    const downlink: Downlink = new Downlink(
      session,
      streamId,
      { appId: session.ref.appId, streamId, sourceNodeId, data, rtpCapabilities },
      this.#source,
      (reason) => {
        if (this.#retired.get(session)?.get(streamId) === downlink) {
          // Its successor continues.
          this.#closeRetired(downlink);
          return;
        }
        this.#forget(downlink);
        this.#report(downlink, reason);
      },
      (consumer) => {
        if (this.find(session, streamId) === downlink) {
          this.#onDownlinkExtended({ session: session.ref, streamId, consumer: describe(consumer) });
        }
      },
    );
    if (present === undefined) {
      this.#bySession.set(session, new Map([[streamId, downlink]]));
    } else {
      present.set(streamId, downlink);
    }
    return downlink;
  }

  async #resume(downlink: Downlink): Promise<void> {
    await downlink.resume();
    const former = this.#retired.get(downlink.session)?.get(downlink.streamId);
    if (former !== undefined) {
      setTimeout(() => this.#closeRetired(former), retirementMs).unref();
    }
  }

  /** Resumes without a request from the client, which is expected to have its receivers by then. */
  #resumeAfter(downlink: Downlink, delayMs: number): void {
    setTimeout(() => {
      if (!downlink.closed) {
        // A downlink closed meanwhile needs no packets.
        this.#resume(downlink).catch(() => undefined);
      }
    }, delayMs).unref();
  }

  /** The stream now comes from another node. The old consumers continue until the new ones receive media. */
  #retire(downlink: Downlink): void {
    const { session, streamId } = downlink;
    this.#forget(downlink);
    const byStream = this.#retired.get(session) ?? new Map<string, Downlink>();
    this.#closeRetired(byStream.get(streamId));
    this.#retired.set(session, byStream.set(streamId, downlink));
  }

  #closeRetired(downlink: Downlink | undefined): void {
    if (downlink === undefined) {
      return;
    }
    downlink.close();
    const byStream = this.#retired.get(downlink.session);
    if (byStream?.get(downlink.streamId) === downlink) {
      byStream.delete(downlink.streamId);
    }
    if (byStream?.size === 0) {
      this.#retired.delete(downlink.session);
    }
  }

  #report(downlink: Downlink, reason: CloseReason): void {
    this.#onDownlinkClosed({ session: downlink.session.ref, streamId: downlink.streamId, reason });
  }

  #forget(downlink: Downlink): void {
    const byStream = this.#bySession.get(downlink.session);
    if (byStream?.get(downlink.streamId) === downlink) {
      byStream.delete(downlink.streamId);
      if (byStream.size === 0) {
        this.#bySession.delete(downlink.session);
      }
    }
  }
}

function describe({ id, producerId, kind, rtpParameters }: types.Consumer): Bound['consumers'][number] {
  return { consumerId: id, producerId, kind, rtpParameters: { ...rtpParameters } };
}

function describeData({
  id,
  dataProducerId,
  sctpStreamParameters,
}: types.DataConsumer): Bound['dataConsumer'] & object {
  return { dataConsumerId: id, dataProducerId, sctpStreamParameters: { ...sctpStreamParameters! } };
}
