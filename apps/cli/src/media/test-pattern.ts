import { type CaptureSource, sampleRate, samplesPerChunk } from './capture-source.js';

export interface PatternOptions {
  width: number;
  height: number;
  framesPerSecond: number;
}

const toneHz = 440;
const amplitude = 8000;
const tickMs = 20;

/** Feeds a source with a moving bar over a grey ramp and a tone. Returns the function that stops it. */
export function startTestPattern(source: CaptureSource, options: PatternOptions): () => void {
  const { framesPerSecond } = options;
  const startedAtMs = performance.now();
  let frame = 0;
  let chunk = 0;
  // Timers are late: each tick produces what is due by the clock.
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAtMs;
    const dueChunks = Math.floor(elapsedMs / 10);
    // After a pause of the process, the audio of the pause is left out.
    for (chunk = Math.max(chunk, dueChunks - 20); chunk < dueChunks; chunk += 1) {
      source.pushAudio(toneChunk(chunk));
    }
    const dueFrame = Math.floor((elapsedMs * framesPerSecond) / 1000);
    if (dueFrame > frame) {
      frame = dueFrame;
      source.pushFrame(options.width, options.height, patternFrame(options, frame));
    }
  }, tickMs);
  return () => clearInterval(timer);
}

/** One frame in I420. */
export function patternFrame({ framesPerSecond, height, width }: PatternOptions, frame: number): Uint8Array {
  const luma = width * height;
  const data = new Uint8Array(luma * 1.5).fill(128, luma);
  const row = Uint8Array.from({ length: width }, (_, x) => 40 + Math.floor((x * 160) / width));
  // Crosses the frame in four seconds.
  const barWidth = Math.max(2, Math.floor(width / 16));
  const left = Math.floor(((frame / framesPerSecond / 4) % 1) * (width - barWidth));
  row.fill(235, left, left + barWidth);
  for (let y = 0; y < height; y += 1) {
    data.set(row, y * width);
  }
  return data;
}

function toneChunk(chunk: number): Int16Array {
  const first = chunk * samplesPerChunk;
  return Int16Array.from({ length: samplesPerChunk }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * toneHz * (first + index)) / sampleRate)),
  );
}
