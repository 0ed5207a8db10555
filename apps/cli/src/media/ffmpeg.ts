import { type ChildProcess, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { Failure, UsageError } from '../output/failure.js';
import { type Surroundings } from '../surroundings.js';

/** Bytes of FFmpeg's messages that are kept for an error. */
const keptMessageChars = 2000;

/** A running FFmpeg with pipes beside its standard streams. */
export class Ffmpeg {
  /** Rejects with a Failure that has FFmpeg's last message, unless `stop` has ended it. */
  readonly ended: Promise<void>;
  private messages = '';
  private isStopped = false;

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.on(
      'data',
      (chunk) => (this.messages = `${this.messages}${chunk}`.slice(-keptMessageChars)),
    );
    // The exit code explains a broken pipe.
    child.stdio.forEach((pipe) => pipe?.on('error', () => undefined));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => reject(missing(error)));
      child.once('close', (code) => {
        if (code === 0 || this.isStopped) {
          resolve();
        } else {
          const last = this.messages.trim().split('\n').at(-1) ?? '';
          reject(new Failure(`FFmpeg ended with ${code ?? 'a signal'}: ${last}`));
        }
      });
    });
    this.ended.catch(() => undefined);
  }

  /** `pipes`: what to pass as the file descriptors 3, 4 and so on. */
  static start(program: string, args: string[], pipes: number): Ffmpeg {
    const stdio = ['ignore', 'ignore', 'pipe', ...Array.from({ length: pipes }, () => 'pipe')] as never;
    return new Ffmpeg(spawn(program, ['-hide_banner', '-loglevel', 'error', '-nostdin', ...args], { stdio }));
  }

  output(descriptor: number): Readable {
    return this.child.stdio[descriptor] as Readable;
  }

  input(descriptor: number): Writable {
    return this.child.stdio[descriptor] as Writable;
  }

  /** Idempotent. */
  stop(): void {
    this.isStopped = true;
    this.child.kill();
  }
}

export interface MediaFile {
  width: number;
  height: number;
  hasVideo: boolean;
  hasAudio: boolean;
}

/** The programs, which POLYROOM_FFMPEG_BIN and POLYROOM_FFPROBE_BIN may name. */
export function ffmpegPrograms({ env }: Pick<Surroundings, 'env'>): { ffmpeg: string; ffprobe: string } {
  return {
    ffmpeg: env['POLYROOM_FFMPEG_BIN'] || 'ffmpeg',
    ffprobe: env['POLYROOM_FFPROBE_BIN'] || 'ffprobe',
  };
}

/** Reads which streams a file has. */
export async function probeFile(ffprobe: string, file: string): Promise<MediaFile> {
  const entries = [
    '-v',
    'error',
    '-of',
    'json',
    '-show_entries',
    'stream=codec_type,width,height',
    '--',
    file,
  ];
  const child = spawn(ffprobe, entries, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [text, problem] = ['', ''].map((empty) => ({ value: empty }));
  child.stdout.on('data', (chunk) => (text!.value += String(chunk)));
  child.stderr.on('data', (chunk) => (problem!.value += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(missing(error)));
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new UsageError(`--file: ${problem!.value.trim().split('\n').at(-1) || 'FFmpeg cannot read it'}`);
  }
  const { streams = [] } = JSON.parse(text!.value) as {
    streams?: { codec_type?: string; width?: number; height?: number }[];
  };
  const video = streams.find(({ codec_type: type }) => type === 'video');
  const hasAudio = streams.some(({ codec_type: type }) => type === 'audio');
  if (video === undefined && !hasAudio) {
    throw new UsageError('--file: it has neither audio nor video');
  }
  return { width: video?.width ?? 0, height: video?.height ?? 0, hasVideo: video !== undefined, hasAudio };
}

function missing(error: NodeJS.ErrnoException): Failure {
  return error.code === 'ENOENT'
    ? new Failure('FFmpeg is not installed, which files need', {
        cure: 'install it (apt-get install ffmpeg, brew install ffmpeg), or name it in POLYROOM_FFMPEG_BIN and POLYROOM_FFPROBE_BIN',
      })
    : new Failure(`FFmpeg does not start: ${error.code ?? error.message}`);
}
