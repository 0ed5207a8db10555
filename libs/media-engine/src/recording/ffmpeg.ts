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
/**
 * Time for ffmpeg to write the rest and the index. Exceeding it means that the disk does not accept writes.
 */
const endDeadlineMs = 5000;
const byeIntervalMs = 500;
/** ffmpeg polls its ports in no fixed order, so the reports are spaced. */
const betweenReportsMs = 300;
const keptLogLines = 20;

export interface FfmpegOptions {
  /** Absolute. */
  ffmpegBin: string;
  /** `setpriv` of util-linux, if found: it stops ffmpeg if this process is killed. */
  setprivBin?: string;
  tracks: readonly RecordedTrack[];
  /** Absolute; must not exist. */
  file: string;
}

/** Resolves a program: an absolute path, or its first match on PATH. */
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

/** An ffmpeg process that writes the RTP of its ports into one file, without decoding. */
export class Ffmpeg {
  /** Settles when the process has exited, for any reason. Never rejects. */
  readonly exited: Promise<void>;
  #running = true;
  #ending: Promise<void> | undefined;
  #log = '';
  readonly #rtcp = createSocket('udp4').unref();

  private constructor(
    private readonly child: ChildProcess,
    private readonly tracks: readonly RecordedTrack[],
  ) {
    // A lost or refused report is repeated, or ffmpeg has exited.
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
      // Ctrl+C in a terminal must reach the node only, which ends its recordings in order.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
      cwd: '/',
    });
    // A process that exits before reading its input logs the reason itself.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(sdpOf(tracks));
    return new Ffmpeg(child, tracks);
  }

  get running(): boolean {
    return this.#running;
  }

  /** The last lines of its log. */
  get log(): string {
    return this.#log.trim();
  }

  /** Waits until it listens on all ports. False: it exited instead, or was too slow. */
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
   * Sends the clock offsets of the tracks. The track that began first must be read first: it keeps its
   * position, and the others are shifted behind it.
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

  /** Ends the file and waits for the process, within a deadline. Idempotent. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /**
   * A BYE for every track marks the end of input: ffmpeg writes what it has buffered, and the index. A signal
   * alone would be handled with the next packet, which never arrives.
   */
  async #end(): Promise<void> {
    const deadlineMs = performance.now() + endDeadlineMs;
    for (let attempt = 0; this.#running && performance.now() < deadlineMs; attempt += 1) {
      this.tracks.forEach(({ port, ssrc }) => this.#rtcp.send(goodbye(ssrc), port + 1, '127.0.0.1'));
      if (attempt === 1) {
        // ffmpeg has not begun to write, or is slow.
        this.child.kill('SIGINT');
      }
      await Promise.race([this.exited, sleep(byeIntervalMs, undefined, { ref: false })]);
    }
    this.#rtcp.close();
    this.child.kill('SIGKILL');
    // A process blocked in the kernel does not exit even then.
    await Promise.race([this.exited, sleep(endDeadlineMs, undefined, { ref: false })]);
  }
}

function ffmpegArgs(file: string): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning'],
    // The SDP is passed on standard input and names only ports of the loopback interface.
    ...['-protocol_whitelist', 'pipe,udp,rtp', '-localaddr', '127.0.0.1'],
    // A key frame arrives as a burst; its lost packets are being retransmitted by the publisher.
    ...['-buffer_size', '4194304', '-reorder_queue_size', '1000', '-max_delay', '1000000'],
    // Silence is not an end: a track may be paused for an hour.
    ...['-listen_timeout', '0'],
    // The frame size is in the first key frame; the frame rate may change at any time.
    ...['-analyzeduration', '5000000', '-probesize', '20000000', '-fpsprobesize', '0'],
    ...['-f', 'sdp', '-i', 'pipe:0'],
    // Bounds data loss to one second, whatever happens to the machine.
    ...['-map', '0', '-c', 'copy', '-f', 'matroska', '-cluster_time_limit', '1000', '-flush_packets', '1'],
    ...['-n', `file:${file}`],
  ];
}
