import { setTimeout as sleep } from 'node:timers/promises';
import { RTCDtlsTransport } from 'werift';
import { median } from '../interleave.js';
import { exactCpuUsOf } from '../process-cpu.js';
import { type BenchResult } from '../report.js';
import { keepToFirstCpus, moveToLastCpu } from './cpu-places.js';
import { Forked } from './forked.js';
import { countDrops } from './kernel-drops.js';
import { type DtlsParameters, type MediaApp, type RtpParameters } from './media-app.js';
import { type PeersAnswers, type PeersOrders, type Track } from './peers-main.js';
import { PolyroomApp } from './polyroom-app.js';
import { RawMediaApp } from './raw-app.js';
import { type PeerCertificate } from './rtc-peer.js';

type Peers = Forked<PeersOrders, PeersAnswers>;

const publishers = 2;
/** Viewers whose sockets are not read (sinks), and viewers that record packet arrival times (probes). */
const sinks = 50;
const probes = 8;
const audio = { payloadType: 111, payloadBytes: 120, packetsPerSecond: 50, loudness: 30 };
const video = { payloadType: 96, payloadBytes: 1000, packetsPerSecond: 300 };
/** The two alternate within a round, so that a disturbance of the machine affects both. */
const sliceMs = 100;
/** The two are restarted this many times. */
const pairs = 4;
const roundsOfPair = 4;
const settleMs = 400;
const windowMs = 4000;

/**
 * Measures what the services cost the media path: the RTP packets that a worker of Polyroom's media node
 * forwards per second of its CPU time, against the same worker binary under a minimal mediasoup application
 * with the same load, and how much later packets leave.
 *
 * Both use real WebRTC transports. The clients are WebRTC peers without a browser, which would need more CPU
 * than the worker: they do ICE and DTLS, encrypt what they send and do not decrypt what they receive. Most
 * viewers are sinks: their process is stopped during a measurement, their socket buffers are small, and the
 * kernel counts the packets (as drops), so the worker does all its work without competing for CPU. The others
 * are probes, which read the packets and record when they arrive.
 */
export async function media(rootDir: string): Promise<BenchResult> {
  const pinned = keepToFirstCpus();
  const results: PairResult[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    results.push(await comparePair(rootDir, pinned));
  }
  return summarize(results, pinned);
}

interface PairResult {
  /** Polyroom's samples and those of the baseline, one per round. */
  samples: [Sample[], Sample[]];
  ratios: number[];
  /** Of whole rounds. */
  addedMs: number[];
  /**
   * Each slice with the baseline's slice beside it: a disturbance of the machine is in one of many pairs, not
   * in each round.
   */
  addedBySliceMs: number[];
}

/**
 * Restarts everything: the memory layout of a process changes its speed by a few percent for its lifetime.
 */
async function comparePair(rootDir: string, pinned: boolean): Promise<PairResult> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const own = await RTCDtlsTransport.SetupCertificate();
    const certificate: PeerCertificate = {
      keyPem: own.privateKey,
      certPem: own.certPem,
      signatureHash: own.signatureHash,
    };
    const fingerprints = own.getFingerprints().map(({ algorithm, value }) => ({ algorithm, value }));
    const dtlsParameters: DtlsParameters = { role: 'client', fingerprints };
    const senders = await startPeers();
    closers.unshift(() => senders.close());
    const viewers = { sinks: await startPeers(), probes: await startPeers() };
    closers.unshift(
      () => viewers.sinks.close(),
      () => viewers.probes.close(),
    );
    const contenders: Contender[] = [];
    for (const start of [
      () => PolyroomApp.start(rootDir, dtlsParameters),
      () => RawMediaApp.start(dtlsParameters),
    ]) {
      const app: MediaApp = await start();
      closers.unshift(() => app.close());
      if (pinned) {
        moveToLastCpu(app.workerPid);
      }
      contenders.push(await Contender.fill(app, senders, viewers, certificate));
    }
    return await measure(contenders[0]!, contenders[1]!, senders, viewers);
  } finally {
    for (const close of closers) {
      await close();
    }
  }
}

async function measure(
  polyroom: Contender,
  raw: Contender,
  senders: Peers,
  viewers: Viewers,
): Promise<PairResult> {
  // The first round is a warm-up. The order alternates, because the second slice finds a warmer core.
  for (let round = 0; round <= roundsOfPair; round++) {
    await takeRound(round % 2 === 0 ? [polyroom, raw] : [raw, polyroom], senders, viewers);
  }
  const samples: [Sample[], Sample[]] = [polyroom.samples.slice(1), raw.samples.slice(1)];
  const both = samples[0].map((sample, round) => [sample, samples[1][round]!] as const);
  return {
    samples,
    ratios: both.map(([sample, base]) => sample.packetsPerCpuSecond / base.packetsPerCpuSecond),
    addedMs: both.map(([sample, base]) => sample.p99Ms - base.p99Ms),
    addedBySliceMs: polyroom.p99OfSlicesMs.slice(1).flatMap((slices, round) =>
      Object.entries(slices).flatMap(([slice, p99Ms]) => {
        const neighbour = raw.p99OfSlicesMs[round + 1]![Number(slice) ^ 1];
        return neighbour === undefined ? [] : [p99Ms - neighbour];
      }),
    ),
  };
}

function summarize(results: readonly PairResult[], pinned: boolean): BenchResult {
  const ratios = results.map((result) => result.ratios);
  const addedBySliceMs = results.flatMap((result) => result.addedBySliceMs);
  const addedMs = results.flatMap((result) => result.addedMs);
  const medianOf = (index: 0 | 1, field: keyof Sample): number =>
    median(results.flatMap(({ samples }) => samples[index].map((sample) => sample[field])));
  const inAll = publishers * (audio.packetsPerSecond + video.packetsPerSecond) * (sinks + probes);
  return {
    figures: {
      packetsPerCpuVsRaw: median(ratios.flat()),
      addedDelayP99Ms: median(addedBySliceMs),
      addedDelayP99OfRoundsMs: median(addedMs),
      packetsPerCpuSecond: medianOf(0, 'packetsPerCpuSecond'),
    },
    columns: ['', 'packets per CPU second', 'worker core used', 'delay p50 ms', 'delay p99 ms'],
    rows: (['Polyroom', 'baseline: raw mediasoup'] as const).map((name, index) => [
      name,
      medianOf(index as 0 | 1, 'packetsPerCpuSecond'),
      medianOf(index as 0 | 1, 'cpuShare'),
      medianOf(index as 0 | 1, 'p50Ms'),
      medianOf(index as 0 | 1, 'p99Ms'),
    ]),
    notes: [
      `${publishers} cameras with microphones to ${sinks + probes} viewers over WebRTC transports: ${inAll} packets/s out, in slices of ${sliceMs} ms`,
      `packetsPerCpuVsRaw is the median of ${pairs} pairs of new processes with ${roundsOfPair} rounds of ${windowMs} ms each: ${ratios.map((rounds) => rounds.map((ratio) => ratio.toFixed(3)).join(' ')).join(' | ')}`,
      `addedDelayP99Ms is the median over ${addedBySliceMs.length} pairs of slices, each with its p99; addedDelayP99OfRoundsMs that of whole rounds: ${addedMs.map((ms) => ms.toFixed(3)).join(' ')}`,
      pinned
        ? 'the workers have a dedicated core; everything else shares the other cores'
        : 'nothing is pinned to a core: read the figures with care',
    ],
  };
}

/** Sends packets to both, in alternating slices, and returns the CPU time of each. */
async function takeRound(contenders: Contender[], senders: Peers, viewers: Viewers): Promise<void> {
  await viewers.sinks.ask('keepAlive', {});
  viewers.sinks.signal('SIGSTOP');
  try {
    await viewers.probes.ask('record', {});
    const forMs = windowMs + 2 * settleMs;
    const groups = contenders.map(({ tracks }) => tracks);
    const sending = senders.ask('send', { groups, sliceMs, forMs });
    // Until the sockets are full: from then on each packet is counted.
    await sleep(settleMs);
    const before = await Promise.all(contenders.map((contender) => contender.look()));
    await sleep(windowMs);
    const after = await Promise.all(contenders.map((contender) => contender.look()));
    const sent = await sending;
    await sleep(settleMs);
    for (const [index, contender] of contenders.entries()) {
      const delays = await viewers.probes.ask('delays', {
        peers: contender.probeKeys,
        sliceMs,
        ...sent,
      });
      contender.note(before[index]!, after[index]!, delays);
    }
  } finally {
    viewers.sinks.signal('SIGCONT');
  }
}

function startPeers(): Promise<Peers> {
  return Forked.start('peers-main');
}

interface Viewers {
  sinks: Peers;
  probes: Peers;
}

interface Look {
  drops: number;
  cpuUs: number;
  atMs: number;
}

interface Sample {
  packetsPerCpuSecond: number;
  cpuShare: number;
  p50Ms: number;
  p99Ms: number;
}

/** One of the two systems, with all peers connected. */
class Contender {
  /** One sample per round, including the warm-up. */
  readonly samples: Sample[] = [];
  /** Of each round, by the index of the slice. */
  readonly p99OfSlicesMs: Record<number, number>[] = [];

  private constructor(
    readonly app: MediaApp,
    readonly tracks: Track[],
    readonly probeKeys: string[],
    private readonly sinkPorts: ReadonlySet<number>,
  ) {}

  static async fill(
    app: MediaApp,
    senders: Peers,
    viewers: Viewers,
    certificate: PeerCertificate,
  ): Promise<Contender> {
    const keyOf = (role: string, index: number): string => `${app.name.split(' ')[0]}-${role}-${index}`;
    const tracks: Track[] = [];
    for (let index = 0; index < publishers; index++) {
      const peer = keyOf('publisher', index);
      const remote = await app.openPublisher(peer);
      await senders.ask('connect', { peers: [{ key: peer, remote }], certificate });
      for (const kind of ['audio', 'video'] as const) {
        const ssrc = 1000 * (index + 1) + (kind === 'audio' ? 1 : 2);
        await app.produce(peer, kind, rtpParametersOf(kind, ssrc));
        tracks.push({ ...(kind === 'audio' ? audio : video), peer, ssrc });
      }
      await app.share(peer);
    }
    const connect = async (to: Peers, role: string, count: number): Promise<string[]> => {
      const peers = [];
      for (let index = 0; index < count; index++) {
        const key = keyOf(role, index);
        peers.push({ key, remote: await app.openViewer(key) });
      }
      await to.ask('connect', { peers, certificate });
      return peers.map(({ key }) => key);
    };
    const sinkKeys = await connect(viewers.sinks, 'sink', sinks);
    const probeKeys = await connect(viewers.probes, 'probe', probes);
    for (const key of [...sinkKeys, ...probeKeys]) {
      await app.playAll(key);
    }
    await viewers.sinks.ask('squeeze', { peers: sinkKeys });
    const sinkPorts = new Set(await viewers.sinks.ask('ports', { peers: sinkKeys }));
    return new Contender(app, tracks, probeKeys, sinkPorts);
  }

  async look(): Promise<Look> {
    const drops = await countDrops(this.sinkPorts);
    return { drops, cpuUs: exactCpuUsOf(this.app.workerPid), atMs: performance.now() };
  }

  note(before: Look, after: Look, delays: PeersAnswers['delays']): void {
    const cpuUs = after.cpuUs - before.cpuUs;
    // All viewers receive the same, and the kernel does not count those that read.
    const packets = ((after.drops - before.drops) / sinks) * (sinks + probes);
    this.samples.push({
      packetsPerCpuSecond: (packets / cpuUs) * 1e6,
      cpuShare: cpuUs / 1000 / (after.atMs - before.atMs),
      p50Ms: delays.p50Ms,
      p99Ms: delays.p99Ms,
    });
    this.p99OfSlicesMs.push(delays.p99OfSlicesMs);
  }
}

function rtpParametersOf(kind: 'audio' | 'video', ssrc: number): RtpParameters {
  const codec =
    kind === 'audio'
      ? { mimeType: 'audio/opus', payloadType: audio.payloadType, clockRate: 48_000, channels: 2 }
      : {
          mimeType: 'video/VP8',
          payloadType: video.payloadType,
          clockRate: 90_000,
          rtcpFeedback: [
            { type: 'nack' },
            { type: 'nack', parameter: 'pli' },
            { type: 'ccm', parameter: 'fir' },
            { type: 'transport-cc' },
          ],
        };
  return {
    mid: kind === 'audio' ? '0' : '1',
    codecs: [codec],
    headerExtensions: [
      { uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', id: 5 },
      ...(kind === 'audio' ? [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 10 }] : []),
    ],
    encodings: [{ ssrc }],
    rtcp: { cname: `bench-${ssrc}` },
  };
}
