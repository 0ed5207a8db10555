import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type MediaKind, newId } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { createWorker, type types } from 'mediasoup';
import { rtpParametersOf } from '../media-node.fixtures.js';
import { routerCodecs } from '../router-codecs.js';
import { type Session } from '../session.js';
import { Upstreams } from '../upstreams.js';
import { ActiveSpeakers } from '../active-speakers.js';

const ssrcs = { audio: 1111, video: 2222 };

/** Frame rate of the test camera. */
export const fps = 25;

/** Codecs of the test camera, with the ffmpeg options to encode and packetize each. */
const cameras = {
  vp8: { encode: 'libvpx -deadline realtime -cpu-used 8'.split(' '), send: [] },
  h264: {
    encode: 'libx264 -profile:v baseline -level 3.1 -pix_fmt yuv420p -preset ultrafast'.split(' '),
    // Parameter sets go with each key frame, as browsers send them.
    send: ['-bsf:v', 'h264_mp4toannexb'],
  },
};
export type CameraCodec = keyof typeof cameras;

const codecs: Record<CameraCodec, object> = {
  vp8: { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 },
  h264: {
    mimeType: 'video/H264',
    payloadType: 96,
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
  },
};

/** Encoded in advance: on a busy machine, a live encoder would send fewer frames. */
export async function makeSample(folder: string, codec: CameraCodec = 'vp8'): Promise<void> {
  const args = [
    ...['-f', 'lavfi', '-i', `testsrc=size=160x120:rate=${fps}`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-ac', '2', '-c:a', 'libopus'],
    // A key frame per second: a sender that reads a file does not answer key frame requests.
    ...['-c:v', ...cameras[codec].encode, '-b:v', '300k', '-g', `${fps}`],
    ...['-t', '6', '-f', 'matroska', '-y', join(folder, codec)],
  ];
  const encoder = spawn('ffmpeg', ['-loglevel', 'error', ...args], { stdio: 'ignore' });
  await once(encoder, 'close');
}

/** A publisher with real audio and video: ffmpeg loops a sample to a router as RTP. */
export class RtpPublisher {
  readonly upstreams = new Upstreams(() => undefined);
  readonly #senders = new Map<MediaKind, ChildProcess>();
  readonly #producers = new Map<MediaKind, types.Producer>();

  private constructor(
    private readonly worker: types.Worker,
    readonly session: Session,
    private readonly transports: Record<MediaKind, types.PlainTransport>,
    private readonly samples: string,
  ) {}

  static async create(samples: string): Promise<RtpPublisher> {
    const worker = await createWorker({ logLevel: 'none' });
    const router = await worker.createRouter({ mediaCodecs: routerCodecs });
    const open = () =>
      router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
        rtcpMux: false,
        comedia: true,
      });
    const transports = { audio: await open(), video: await open() };
    // A minimal session for an upstream, whose send transport accepts RTP without DTLS.
    const transport = {
      produce: async (options: types.ProducerOptions) => {
        const producer = await transports[options.kind].produce(options);
        publisher.#producers.set(options.kind, producer);
        return producer;
      },
    };
    const session: object = {
      ref: { appId: 7, userId: 'someone', sessionId: newId('session') },
      worker: { speakers: new ActiveSpeakers() },
      router,
      send: { transport },
    };
    const publisher = new RtpPublisher(worker, session as Session, transports, samples);
    return publisher;
  }

  get workerPid(): number {
    return this.worker.pid;
  }

  get isWorkerDead(): boolean {
    return this.worker.died;
  }

  /** Waits until the router has received as many more packets: 50 per second of audio, 25 or more of video. */
  async whenReceived(kind: MediaKind, packets: number): Promise<void> {
    const count = async () => (await this.#producers.get(kind)!.getStats())[0]?.packetCount ?? 0;
    const before = await count();
    await waitFor(async () => (await count()) >= before + packets, {
      timeoutMs: 30_000,
      describe: `${packets} packets of ${kind}`,
    });
  }

  dump(): Promise<types.RouterDump> {
    return this.session.router.dump();
  }

  async produce(streamId: string, kind: MediaKind, codec: CameraCodec = 'vp8'): Promise<void> {
    const parameters = rtpParametersOf(kind, ssrcs[kind]);
    const video = { ...parameters, codecs: [codecs[codec]] } as typeof parameters;
    await this.upstreams.produce(this.session, streamId, kind, kind === 'video' ? video : parameters);
  }

  /** Starts sending what was produced. */
  send(kind: MediaKind, codec: CameraCodec = 'vp8'): void {
    const { rtcpTuple, tuple } = this.transports[kind];
    const from = ['-re', '-stream_loop', '-1', '-i', join(this.samples, codec), '-c', 'copy'];
    const track =
      kind === 'audio'
        ? ['-map', '0:a', '-payload_type', '111']
        : ['-map', '0:v', '-payload_type', '96', ...cameras[codec].send];
    const url = `rtp://127.0.0.1:${tuple.localPort}?rtcpport=${rtcpTuple!.localPort}`;
    const args = ['-loglevel', 'error', ...from, ...track, '-ssrc', `${ssrcs[kind]}`, '-f', 'rtp', url];
    this.#senders.set(kind, spawn('ffmpeg', args, { stdio: 'ignore' }));
  }

  async close(): Promise<void> {
    for (const sender of this.#senders.values()) {
      const ended = once(sender, 'close');
      sender.kill('SIGKILL');
      await ended;
    }
    this.worker.close();
  }
}
