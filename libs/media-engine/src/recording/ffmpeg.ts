import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedTrack, sdpOf } from './recording-sdp.js';
import { goodbye, senderReport } from './rtcp.js';
import { areBound } from './udp-ports.js';

const bindDeadlineMs = 5000;
const bindCheckIntervalMs = 20;
/** To write the rest and the index. Longer than this means that the disk does not take it. */
const endDeadlineMs = 5000;
const byeIntervalMs = 500;
/** It reads from whichever port has something, in an order of its own. */
const betweenReportsMs = 300;
const keptLogLines = 20;

export interface FfmpegOptions {
  /** Absolute. */
  ffmpegBin: string;
  /** `setpriv` of util-linux, where it was found: it ends ffmpeg should this process be killed. */
  setprivBin?: string;
  tracks: readonly RecordedTrack[];
  /** Absolute; must not be there. */
  file: string;
}

/** Where ffmpeg, or another program, is: an absolute path, or the first that PATH offers. */
export function findProgram(name: string, path: string): string | undefined {
  const candidates = isAbsolute(name)
    ? [name]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** One ffmpeg that writes what comes in on its ports into one file, without decoding anything. */
export class Ffmpeg {
  /** Settles with its end, whatever that was. Never rejects. */
  readonly exited: Promise<void>;
  #running = true;
  #ending: Promise<void> | undefined;
  #log = '';
  readonly #rtcp = createSocket('udp4').unref();

  private constructor(
    private readonly child: ChildProcess,
    private readonly tracks: readonly RecordedTrack[],
  ) {
    // What is lost or refused is sent again, or ffmpeg is gone.
    this.#rtcp.on('error', () => undefined);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).split('\n').slice(-keptLogLines).join('\n').slice(-4000);
    });
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.#running = false;
        resolve();
      };
      child.once('close', end);
      child.once('error', (error) => {
        this.#log += `\n${error.message}`;
        if (child.pid === undefined) {
          end();
        }
      });
    });
  }

  static start({ ffmpegBin, setprivBin, tracks, file }: FfmpegOptions): Ffmpeg {
    const args = ffmpegArgs(file);
    const [command, ...rest] =
      setprivBin === undefined
        ? [ffmpegBin, ...args]
        : [setprivBin, '--pdeathsig', 'KILL', '--', ffmpegBin, ...args];
    const child = spawn(command!, rest, {
      // A Ctrl+C in a terminal is for the node, which ends its recordings in order.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
      cwd: '/',
    });
    // One that ended before it had read says why on its own.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(sdpOf(tracks));
    return new Ffmpeg(child, tracks);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Its last words. */
  get log(): string {
    return this.#log.trim();
  }

  /** Waits until it can receive. False: it has ended instead, or was too slow. */
  async listen(): Promise<boolean> {
    const ports = this.tracks.flatMap(({ port }) => [port, port + 1]);
    const deadlineMs = performance.now() + bindDeadlineMs;
    while (this.#running && performance.now() < deadlineMs) {
      if (await areBound(ports)) {
        return this.#running;
      }
      await Promise.race([sleep(bindCheckIntervalMs, undefined, { ref: false }), this.exited]);
    }
    return false;
  }

  /**
   * Says how the clocks of the tracks lie to each other. The one that began first goes first, and must be read first:
   * it stays where it is, and the others move behind it.
   */
  async align(
    moments: readonly { track: RecordedTrack; rtpTimestamp: number; atMs: number }[],
  ): Promise<void> {
    for (const { track, rtpTimestamp, atMs } of [...moments].sort((a, b) => a.atMs - b.atMs)) {
      if (this.#ending === undefined) {
        this.#rtcp.send(senderReport(track.ssrc, rtpTimestamp, atMs), track.port + 1, '127.0.0.1');
        await Promise.race([this.exited, sleep(betweenReportsMs, undefined, { ref: false })]);
      }
    }
  }

  /** Lets it write its file to the end, and waits for that; not for ever. Idempotent. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /**
   * A BYE for every track is the end of its input: it writes what it still holds, and the index. A signal alone
   * would be looked at with the next packet, which never comes.
   */
  async #end(): Promise<void> {
    const deadlineMs = performance.now() + endDeadlineMs;
    for (let attempt = 0; this.#running && performance.now() < deadlineMs; attempt += 1) {
      this.tracks.forEach(({ port, ssrc }) => this.#rtcp.send(goodbye(ssrc), port + 1, '127.0.0.1'));
      if (attempt === 1) {
        // It has not begun to write, or has been slow.
        this.child.kill('SIGINT');
      }
      await Promise.race([this.exited, sleep(byeIntervalMs, undefined, { ref: false })]);
    }
    this.#rtcp.close();
    this.child.kill('SIGKILL');
    // One that hangs in the kernel does not even end then.
    await Promise.race([this.exited, sleep(endDeadlineMs, undefined, { ref: false })]);
  }
}

function ffmpegArgs(file: string): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning'],
    // The SDP comes on standard input and names nothing but ports of the loopback interface.
    ...['-protocol_whitelist', 'pipe,udp,rtp', '-localaddr', '127.0.0.1'],
    // A key frame comes as a burst; what is missing of it is on its way again from the publisher.
    ...['-buffer_size', '4194304', '-reorder_queue_size', '1000', '-max_delay', '1000000'],
    // Silence is no end: a track may be paused for an hour.
    ...['-listen_timeout', '0'],
    // The size of the picture is in the first key frame, the rate of the frames may change at any time.
    ...['-analyzeduration', '5000000', '-probesize', '20000000', '-fpsprobesize', '0'],
    ...['-f', 'sdp', '-i', 'pipe:0'],
    // What was written a second ago is on the disk, and can be played, whatever happens to the machine.
    ...['-map', '0', '-c', 'copy', '-f', 'matroska', '-cluster_time_limit', '1000', '-flush_packets', '1'],
    ...['-n', `file:${file}`],
  ];
}
