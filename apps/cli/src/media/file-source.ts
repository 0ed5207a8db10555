import { type Readable } from 'node:stream';
import { type CaptureSource, sampleRate, samplesPerChunk } from './capture-source.js';
import { Ffmpeg, type MediaFile } from './ffmpeg.js';

const framesPerSecond = 25;
const [maxWidth, maxHeight] = [1280, 720];

/** Decodes a file in real time and feeds a source with it. The returned FFmpeg ends with the file. */
export function startFile(
  ffmpeg: string,
  path: string,
  file: MediaFile,
  source: CaptureSource,
  loop: boolean,
): Ffmpeg {
  const { height, width } = fit(file);
  const video = ['-map', '0:v:0', '-vf', `scale=${width}:${height},fps=${framesPerSecond}`];
  const audio = ['-map', '0:a:0', '-ar', String(sampleRate), '-ac', '1'];
  const args = [
    ...(loop ? ['-stream_loop', '-1'] : []),
    ...['-re', '-i', path],
    ...(file.hasVideo ? [...video, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:3'] : []),
    ...(file.hasAudio ? [...audio, '-f', 's16le', 'pipe:4'] : []),
  ];
  const decoder = Ffmpeg.start(ffmpeg, args, 2);
  if (file.hasVideo) {
    forEachBlock(decoder.output(3), (width * height * 3) / 2, (block) =>
      source.pushFrame(width, height, block),
    );
  }
  if (file.hasAudio) {
    forEachBlock(decoder.output(4), samplesPerChunk * 2, (block) =>
      // A copy: samples must be aligned.
      source.pushAudio(new Int16Array(block.slice().buffer)),
    );
  }
  return decoder;
}

/** The largest size within 1280x720 with the proportions of the file, and even sides. */
export function fit({ height, width }: Pick<MediaFile, 'width' | 'height'>): {
  width: number;
  height: number;
} {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  const even = (side: number): number => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

/** Calls back with blocks of exactly this size. */
export function forEachBlock(stream: Readable, size: number, onBlock: (block: Uint8Array) => void): void {
  let block = new Uint8Array(size);
  let filled = 0;
  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(size - filled, chunk.length - at);
      block.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === size) {
        onBlock(block);
        // The receiver may keep the former one.
        block = new Uint8Array(size);
        filled = 0;
      }
    }
  });
}
