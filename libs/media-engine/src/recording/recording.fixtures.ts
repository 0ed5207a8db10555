import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type MediaKind, newId } from '@polyroom/contracts';
import { createWorker, type types } from 'mediasoup';
import { rtpParametersOf } from '../media-node.fixtures.js';
import { routerCodecs } from '../router-codecs.js';
import { type Session } from '../session.js';
import { Upstreams } from '../upstreams.js';
import { Voices } from '../voices.js';

const ssrcs = { audio: 1111, video: 2222 };

/** Frames a second that the camera of a spec sends, and the time between two of its key frames. */
export const fps = 25;

const encoders: Record<MediaKind, string[]> = {
  audio: ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-ac', '2', '-c:a', 'libopus'],
  video: [
    ...['-f', 'lavfi', '-i', `testsrc=size=320x240:rate=${fps}`],
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', `${fps}`],
  ],
};

/** A publisher with real sound and a real picture: ffmpeg encodes them, and sends them to a router as RTP. */
export class RtpPublisher {
  readonly upstreams = new Upstreams();
  readonly #senders = new Map<MediaKind, ChildProcess>();

  private constructor(
    private readonly worker: types.Worker,
    readonly session: Session,
    private readonly transports: Record<MediaKind, types.PlainTransport>,
  ) {}

  static async create(): Promise<RtpPublisher> {
    const worker = await createWorker({ logLevel: 'none' });
    const router = await worker.createRouter({ mediaCodecs: routerCodecs });
    const open = () =>
      router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
        rtcpMux: false,
        comedia: true,
      });
    const transports = { audio: await open(), video: await open() };
    // A session as far as an upstream knows it, whose sending transport takes RTP without DTLS.
    const transport = {
      produce: (options: types.ProducerOptions) => transports[options.kind].produce(options),
    };
    const session: object = {
      ref: { appId: 7, userId: 'someone', sessionId: newId('session') },
      worker: { voices: new Voices() },
      router,
      send: { transport },
    };
    return new RtpPublisher(worker, session as Session, transports);
  }

  get workerPid(): number {
    return this.worker.pid;
  }

  dump(): Promise<types.RouterDump> {
    return this.session.router.dump();
  }

  async produce(streamId: string, kind: MediaKind): Promise<void> {
    await this.upstreams.produce(this.session, streamId, kind, rtpParametersOf(kind, ssrcs[kind]));
  }

  /** Begins to send what was produced. */
  send(kind: MediaKind): void {
    const { rtcpTuple, tuple } = this.transports[kind];
    const out = ['-payload_type', kind === 'audio' ? '111' : '96', '-ssrc', `${ssrcs[kind]}`, '-f', 'rtp'];
    const url = `rtp://127.0.0.1:${tuple.localPort}?rtcpport=${rtcpTuple!.localPort}`;
    const args = ['-loglevel', 'error', '-re', ...encoders[kind], ...out, url];
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
