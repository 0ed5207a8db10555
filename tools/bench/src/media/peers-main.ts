import { setPriority } from 'node:os';
import { RtpHeader } from 'werift';
import { type PeerCertificate, type RemoteTransport, RtcPeer } from './rtc-peer.js';

/** One RTP stream of a publisher. */
export interface Track {
  peer: string;
  ssrc: number;
  payloadType: number;
  payloadBytes: number;
  packetsPerSecond: number;
  /** Adds the audio level to each packet, as browsers do, in -dBov. */
  loudness?: number;
}

interface Sent {
  firstTimestamp: number;
  startedAtMs: number;
  /** By RTP timestamp, from the first one. */
  sentAtMs: number[];
}

export type PeersOrders = {
  connect: { peers: { key: string; remote: RemoteTransport }[]; certificate: PeerCertificate };
  ports: { peers: string[] };
  squeeze: { peers: string[] };
  /** Sends ICE consent now, before the process is stopped. */
  keepAlive: Record<string, never>;
  /**
   * Sends at an even pace, to one group after the other, repeatedly; answers with the time at which each
   * packet left.
   */
  send: { groups: Track[][]; sliceMs: number; forMs: number };
  /** Starts recording packet arrival times. */
  record: Record<string, never>;
  /** The delays of the recorded packets to these peers, as many per peer as were sent. */
  delays: { peers: string[]; sliceMs: number } & Sent;
};

export type PeersAnswers = {
  connect: null;
  ports: number[];
  squeeze: null;
  keepAlive: null;
  send: Sent;
  record: null;
  delays: { p50Ms: number; p99Ms: number; p99OfSlicesMs: Record<number, number> };
};

const keepAliveMs = 5000;
const tickMs = 1;
const connectAtATime = 8;
const extensionIds = { transportSequence: 5, audioLevel: 10 };
const transportSequenceBytes = 2;

/** WebRTC peers in a process of their own, which can be stopped so that their sockets are not read. */
class Peers {
  private readonly peers = new Map<string, RtcPeer>();
  private readonly sequences = new Map<number, number>();
  private transportSequence = 0;
  private nextTimestamp = 1;
  private recorded: Map<string, { timestamp: number; atMs: number }[]> | undefined;

  constructor() {
    setInterval(() => this.keepAlive(), keepAliveMs).unref();
  }

  async connect({ peers, certificate }: PeersOrders['connect']): Promise<null> {
    for (let first = 0; first < peers.length; first += connectAtATime) {
      await Promise.all(
        peers.slice(first, first + connectAtATime).map(async ({ key, remote }) => {
          const peer = await RtcPeer.connect(remote, certificate);
          peer.onRtp = (packet) =>
            this.recorded?.get(key)?.push({ timestamp: packet.readUInt32BE(4), atMs: nowMs() });
          this.peers.set(key, peer);
        }),
      );
    }
    return null;
  }

  ports({ peers }: PeersOrders['ports']): number[] {
    return peers.map((key) => this.peers.get(key)!.localPort);
  }

  squeeze({ peers }: PeersOrders['squeeze']): null {
    peers.forEach((key) => this.peers.get(key)!.squeeze());
    return null;
  }

  keepAlive(): null {
    this.peers.forEach((peer) => peer.keepAlive());
    return null;
  }

  /** An open loop: the schedule never waits, and late packets are sent immediately. */
  async send({ groups, sliceMs, forMs }: PeersOrders['send']): Promise<PeersAnswers['send']> {
    const firstTimestamp = this.nextTimestamp;
    const sentAtMs: number[] = [];
    const startedAtMs = nowMs();
    const sentOf = groups.map((tracks) => tracks.map(() => 0));
    for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = nowMs() - startedAtMs) {
      const slice = Math.floor(elapsedMs / sliceMs);
      const active = slice % groups.length;
      const activeMs = Math.floor(slice / groups.length) * sliceMs + (elapsedMs % sliceMs);
      groups[active]!.forEach((track, index) => {
        // Tracks that start together would send in bursts.
        const offsetMs = (index * 1000) / track.packetsPerSecond / groups[active]!.length;
        const due = Math.floor(((activeMs - offsetMs) * track.packetsPerSecond) / 1000);
        for (; sentOf[active]![index]! < due; sentOf[active]![index]!++) {
          sentAtMs.push(nowMs());
          this.sendOne(track);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    return { firstTimestamp, startedAtMs, sentAtMs };
  }

  record(): null {
    this.recorded = new Map([...this.peers.keys()].map((key) => [key, []]));
    return null;
  }

  delays({
    peers,
    sliceMs,
    firstTimestamp,
    startedAtMs,
    sentAtMs,
  }: PeersOrders['delays']): PeersAnswers['delays'] {
    const all: number[] = [];
    const bySlice = new Map<number, number[]>();
    for (const { timestamp, atMs } of peers.flatMap((key) => this.recorded?.get(key) ?? [])) {
      const leftAtMs = sentAtMs[timestamp - firstTimestamp];
      if (leftAtMs !== undefined) {
        const slice = Math.floor((leftAtMs - startedAtMs) / sliceMs);
        const ofSlice = bySlice.get(slice) ?? [];
        bySlice.set(slice, ofSlice);
        ofSlice.push(atMs - leftAtMs);
        all.push(atMs - leftAtMs);
      }
    }
    const slices = [...bySlice].map(([slice, delays]) => [slice, percentile(delays, 0.99)]);
    return {
      p50Ms: percentile(all, 0.5),
      p99Ms: percentile(all, 0.99),
      p99OfSlicesMs: Object.fromEntries(slices) as Record<number, number>,
    };
  }

  /** The RTP timestamp numbers the packets of all tracks: an SFU forwards it unchanged. */
  private sendOne(track: Track): void {
    const sequenceNumber = ((this.sequences.get(track.ssrc) ?? 0) + 1) & 0xffff;
    this.sequences.set(track.ssrc, sequenceNumber);
    const transportSequence = Buffer.alloc(transportSequenceBytes);
    this.transportSequence = (this.transportSequence + 1) & 0xffff;
    transportSequence.writeUInt16BE(this.transportSequence);
    const header = new RtpHeader({
      version: 2,
      payloadType: track.payloadType,
      marker: true,
      ssrc: track.ssrc,
      sequenceNumber,
      timestamp: this.nextTimestamp++,
      extension: true,
      extensionProfile: 0xbede,
      extensions: [
        { id: extensionIds.transportSequence, payload: transportSequence },
        ...(track.loudness === undefined
          ? []
          : [{ id: extensionIds.audioLevel, payload: Buffer.of(track.loudness) }]),
      ],
    });
    this.peers.get(track.peer)!.sendRtp(header, payloadOf(track.payloadBytes));
  }
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

const payloads = new Map<number, Buffer>();

/** Read as VP8, each packet begins a key frame, so that no consumer waits for one. */
function payloadOf(bytes: number): Buffer {
  let payload = payloads.get(bytes);
  if (payload === undefined) {
    payload = Buffer.alloc(bytes, 0x55);
    payload.writeUInt16BE(0x1000);
    payloads.set(bytes, payload);
  }
  return payload;
}

/** The same clock in all processes of a machine. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

try {
  // If permitted, gets a higher priority, so that the measurement of delays does not wait for the services.
  setPriority(-15);
} catch {
  // Without it the delays are noisier.
}
const peers = new Peers();
process.on('message', (message: { name: keyof PeersOrders; order: never }) => {
  void Promise.resolve()
    .then((): unknown => peers[message.name](message.order))
    .then(
      (result) => process.send!({ result }),
      (error: unknown) => process.send!({ error: String(error) }),
    );
});
process.on('disconnect', () => process.exit(0));
process.send!({ result: 'ready' });
