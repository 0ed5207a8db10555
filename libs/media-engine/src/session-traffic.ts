import { type SessionRef } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type Downlink } from './downlink.js';
import { type Session } from './session.js';

/** Bytes of a session since the last reading. */
export interface SessionTraffic {
  session: SessionRef;
  /** From the client. */
  sentBytes: number;
  /** To the client, by room: each byte once, in the first room for which its stream is played. */
  receivedBytes: { roomId: string; bytes: number }[];
}

interface Reading {
  sent: number;
  received: number;
  /** By consumer ID: those of the last reading that asked for them. */
  consumers: ReadonlyMap<string, number>;
}

const never: Reading = { sent: 0, received: 0, consumers: new Map() };
/** Bytes before the first stream is played: connection checks and their like. */
const noRoom = '';

/**
 * Reads how much sessions have sent and received. The figures are those of their transports; only a session that plays
 * for several rooms is also asked for its consumers, to divide what it has received.
 */
export class TrafficMeter {
  readonly #last = new WeakMap<Session, Reading>();
  /** Gets what a session receives while it plays nothing. */
  readonly #lastRooms = new WeakMap<Session, string>();
  readonly #pending = new Set<Promise<unknown>>();

  /**
   * The requests are sent before this returns, so the session may close right after. Undefined if its worker has died.
   */
  read(session: Session, downlinks: readonly Downlink[]): Promise<SessionTraffic | undefined> {
    return this.#keep(this.#read(session, downlinks, roomsOf(downlinks).size > 1));
  }

  /**
   * Called before the session plays a stream for a room. If that changes how its bytes are divided, reads what it has
   * received for the rooms until now.
   */
  readBeforeBind(
    session: Session,
    downlinks: readonly Downlink[],
    roomId: string,
  ): Promise<SessionTraffic | undefined> | undefined {
    const rooms = roomsOf(downlinks);
    if (rooms.size === 0 ? this.#lastRooms.get(session) === roomId : rooms.has(roomId)) {
      return undefined;
    }
    const reading = this.#read(session, downlinks, true);
    this.#lastRooms.set(session, roomId);
    return this.#keep(reading);
  }

  /** The same before one of its downlinks loses a room, or all. */
  readBeforeUnbind(
    session: Session,
    downlinks: readonly Downlink[],
    downlink: Downlink,
    roomId: string | undefined,
  ): Promise<SessionTraffic | undefined> | undefined {
    const [first = noRoom, second] = downlink.roomIds;
    if (roomId !== undefined && roomId !== first) {
      return undefined;
    }
    const next = roomId === undefined ? undefined : second;
    const others = roomsOf(downlinks.filter((candidate) => candidate !== downlink));
    const [other] = others;
    // A stream that ends for hundreds of viewers must not cost a reading for each of them.
    const changes = next !== undefined || (others.size > 0 && !others.has(first));
    const reading = changes ? this.#read(session, downlinks, true) : undefined;
    this.#lastRooms.set(session, next ?? other ?? first);
    return reading === undefined ? undefined : this.#keep(reading);
  }

  #keep<T>(reading: Promise<T>): Promise<T> {
    this.#pending.add(reading);
    const forget = () => this.#pending.delete(reading);
    reading.then(forget, forget);
    return reading;
  }

  /** Resolves when all readings have ended. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled([...this.#pending]);
  }

  /** @param asksConsumers whether this reading divides, or the next one may. */
  async #read(
    session: Session,
    downlinks: readonly Downlink[],
    asksConsumers: boolean,
  ): Promise<SessionTraffic | undefined> {
    const played = downlinks.flatMap(({ consumers, dataConsumer, roomIds }) => {
      const [roomId = noRoom] = roomIds;
      return [...consumers, ...(dataConsumer === undefined ? [] : [dataConsumer])].map((consumer) => ({
        consumer,
        roomId,
      }));
    });
    const roomIds = [...new Set(played.map(({ roomId }) => roomId))];
    const divides = roomIds.length > 1;
    const [onlyRoom = this.#lastRooms.get(session) ?? noRoom] = roomIds;
    let stats: [types.BaseTransportStats[], types.BaseTransportStats[], number[]];
    try {
      stats = await Promise.all([
        session.send.transport.getStats() as Promise<types.BaseTransportStats[]>,
        session.recv.transport.getStats() as Promise<types.BaseTransportStats[]>,
        Promise.all(asksConsumers ? played.map(({ consumer }) => bytesOf(consumer)) : []),
      ]);
    } catch {
      return undefined;
    }
    const [[sendStats], [recvStats], consumerBytes] = stats;
    // Not before the wait: another reading may have ended meanwhile.
    const last = this.#last.get(session) ?? never;
    const next: Reading = {
      sent: Math.max(last.sent, sendStats?.bytesReceived ?? 0),
      received: Math.max(last.received, recvStats?.bytesSent ?? 0),
      consumers: asksConsumers
        ? new Map(played.map(({ consumer }, at) => [consumer.id, consumerBytes[at]!]))
        : last.consumers,
    };
    this.#last.set(session, next);
    const received = next.received - last.received;
    const parts = divides
      ? played.map(({ consumer, roomId }) => ({
          roomId,
          weight: Math.max(0, next.consumers.get(consumer.id)! - (last.consumers.get(consumer.id) ?? 0)),
        }))
      : [{ roomId: onlyRoom, weight: 1 }];
    return {
      session: session.ref,
      sentBytes: next.sent - last.sent,
      receivedBytes: divide(received, parts),
    };
  }
}

/** The rooms that get what the downlinks receive. */
function roomsOf(downlinks: readonly Downlink[]): Set<string> {
  return new Set(downlinks.flatMap(({ roomIds: [first] }) => first ?? []));
}

async function bytesOf(consumer: types.Consumer | types.DataConsumer): Promise<number> {
  // A consumer that closes meanwhile has no weight.
  const stats = (await consumer.getStats().catch(() => [])) as {
    type: string;
    byteCount?: number;
    bytesSent?: number;
  }[];
  return stats
    .filter(({ type }) => type !== 'inbound-rtp')
    .reduce((sum, { byteCount = 0, bytesSent = 0 }) => sum + byteCount + bytesSent, 0);
}

/** Divides bytes by weight. The parts add up to the whole. */
export function divide(
  bytes: number,
  parts: readonly { roomId: string; weight: number }[],
): { roomId: string; bytes: number }[] {
  const weights = new Map<string, number>();
  for (const { roomId, weight } of parts) {
    weights.set(roomId, (weights.get(roomId) ?? 0) + weight);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let rest = bytes;
  const divided = [...weights].map(([roomId, weight]) => {
    const share = total === 0 ? 0 : Math.floor((bytes * weight) / total);
    rest -= share;
    return { roomId, bytes: share };
  });
  if (divided[0] !== undefined) {
    divided[0].bytes += rest;
  }
  return divided.filter((part) => part.bytes > 0);
}
