import { extname } from 'node:path';
import { Failure, UsageError } from '../output/failure.js';
import { Ffmpeg } from './ffmpeg.js';
import { scaleFrame } from './scale-frame.js';
import { type AudioData, type I420Frame } from './webrtc.js';

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1500k', '-c:a', 'libopus'];
const codecs: Record<string, string[]> = { '.mp4': h264, '.mkv': h264, '.webm': vp8 };
/** FFmpeg that is this far behind loses frames, so that memory stays bounded. */
const maxPendingBytes = 64 * 1024 * 1024;
/** The first frames are of a smaller layer: the size is chosen afterwards. */
const settleMs = 1500;

/** Throws a UsageError for a file whose ending names no format. */
export function assertFormat(file: string): void {
  if (codecs[extname(file).toLowerCase()] === undefined) {
    throw new UsageError(`--output: expected a file that ends with ${Object.keys(codecs).join(', ')}`);
  }
}

/** Encodes what a played stream delivers into a file. */
export class FileSink {
  dropped = 0;
  private encoder: Ffmpeg | undefined;
  private size: { width: number; height: number } | undefined;
  private firstFrameAtMs: number | undefined;
  private audio: Pick<AudioData, 'sampleRate' | 'channelCount'> | undefined;

  constructor(
    private readonly ffmpeg: string,
    private readonly file: string,
    private readonly kinds: { audio: boolean; video: boolean },
    private readonly onFailed: (error: unknown) => void,
  ) {}

  writeFrame(frame: I420Frame): void {
    if (this.encoder === undefined) {
      this.firstFrameAtMs ??= performance.now();
      const { height, width } = frame;
      // Encoders need even sides.
      const even = { width: width - (width % 2), height: height - (height % 2) };
      this.size = this.size === undefined || even.width > this.size.width ? even : this.size;
      this.startIfReady();
      return;
    }
    this.write(3, () => scaleFrame(frame, this.size!.width, this.size!.height));
  }

  writeAudio(data: AudioData): void {
    this.audio ??= data;
    if (this.encoder === undefined) {
      this.startIfReady();
      return;
    }
    const { samples } = data;
    this.write(4, () => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).slice());
  }

  /** Completes the file. Throws if nothing was written. */
  async close(): Promise<void> {
    if (this.encoder === undefined) {
      throw new Failure('nothing was written: the stream ended before its first frames', {
        cure: 'play for longer, or check with polyroom rooms streams that it is published',
      });
    }
    this.pipes().forEach((pipe) => this.encoder!.input(pipe).end());
    await this.encoder.ended;
  }

  private startIfReady(): void {
    const { audio, file, firstFrameAtMs, kinds, size } = this;
    const videoIsReady =
      !kinds.video || (firstFrameAtMs !== undefined && performance.now() - firstFrameAtMs >= settleMs);
    if (!videoIsReady || (kinds.audio && audio === undefined)) {
      return;
    }
    const clock = ['-use_wallclock_as_timestamps', '1'];
    const { channelCount = 1, sampleRate = 48_000 } = audio ?? {};
    const args = [
      ...(kinds.video
        ? [
            ...clock,
            '-f',
            'rawvideo',
            '-pix_fmt',
            'yuv420p',
            '-s',
            `${size!.width}x${size!.height}`,
            '-i',
            'pipe:3',
          ]
        : []),
      ...(kinds.audio
        ? [...clock, '-f', 's16le', '-ar', String(sampleRate), '-ac', String(channelCount), '-i', 'pipe:4']
        : []),
      ...(kinds.video ? ['-r', '25'] : []),
      ...(kinds.audio ? ['-af', 'aresample=async=1000'] : []),
      ...codecs[extname(file).toLowerCase()]!,
      ...['-y', file],
    ];
    this.encoder = Ffmpeg.start(this.ffmpeg, args, 2);
    this.encoder.ended.catch(this.onFailed);
  }

  private write(pipe: number, bytes: () => Uint8Array): void {
    const input = this.encoder!.input(pipe);
    if (input.writableLength > maxPendingBytes || !input.writable) {
      this.dropped += 1;
    } else {
      input.write(bytes());
    }
  }

  private pipes(): number[] {
    return [...(this.kinds.video ? [3] : []), ...(this.kinds.audio ? [4] : [])];
  }
}
