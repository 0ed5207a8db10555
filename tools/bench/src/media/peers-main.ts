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
}

export type PeersOrders = {
  connect: { peers: { key: string; remote: RemoteTransport }[]; certificate: PeerCertificate };
  ports: { peers: string[] };
  squeeze: { peers: string[] };
  /** ICE consent now, for who is about to be stopped. */
  keepAlive: Record<string, never>;
  /** Sends at an even pace, for one group after the other and again; answers with when each packet left. */
  send: { groups: Track[][]; sliceMs: number; forMs: number };
  /** From now on: notes when packets come. */
  record: Record<string, never>;
  /** How long the noted packets took to these peers, as many per peer as were sent. */
  delays: { peers: string[]; firstTimestamp: number; sentAtMs: number[] };
};

export type PeersAnswers = {
  connect: null;
  ports: number[];
  squeeze: null;
  keepAlive: null;
  send: { firstTimestamp: number; sentAtMs: number[] };
  record: null;
  delays: { packets: number; p50Ms: number; p99Ms: number };
};

const keepAliveMs = 5000;
const tickMs = 1;
const connectAtATime = 8;
const transportWideSequence = { id: 5, bytes: 2 };

/** Ends of WebRTC transports in a process of their own, so that it can be stopped and nobody reads. */
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

  /** An open loop: the schedule does not wait for anybody, and what is late is sent at once. */
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
        // Tracks that began together would send together.
        const offsetMs = (index * 1000) / track.packetsPerSecond / groups[active]!.length;
        const due = Math.floor(((activeMs - offsetMs) * track.packetsPerSecond) / 1000);
        for (; sentOf[active]![index]! < due; sentOf[active]![index]!++) {
          sentAtMs.push(nowMs());
          this.sendOne(track);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    return { firstTimestamp, sentAtMs };
  }

  record(): null {
    this.recorded = new Map([...this.peers.keys()].map((key) => [key, []]));
    return null;
  }

  delays({ peers, firstTimestamp, sentAtMs }: PeersOrders['delays']): PeersAnswers['delays'] {
    const delays = peers
      .flatMap((key) => this.recorded?.get(key) ?? [])
      .map(({ timestamp, atMs }) => atMs - (sentAtMs[timestamp - firstTimestamp] ?? Number.NaN))
      .filter((delayMs) => !Number.isNaN(delayMs))
      .sort((left, right) => left - right);
    const at = (share: number): number => delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN;
    return { packets: delays.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  /** The RTP timestamp numbers the packets of all tracks: it passes through an SFU unchanged. */
  private sendOne(track: Track): void {
    const sequenceNumber = ((this.sequences.get(track.ssrc) ?? 0) + 1) & 0xffff;
    this.sequences.set(track.ssrc, sequenceNumber);
    const transportSequence = Buffer.alloc(transportWideSequence.bytes);
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
      extensions: [{ id: transportWideSequence.id, payload: transportSequence }],
    });
    this.peers.get(track.peer)!.sendRtp(header, payloadOf(track.payloadBytes));
  }
}

const payloads = new Map<number, Buffer>();

/** Read as VP8 each packet begins a key frame, so that nobody waits for one. */
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
  // Where it is allowed: what delays are read with must not wait for the services beside it.
  setPriority(-15);
} catch {
  // The delays have more noise then.
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
