import { type WebRtc } from './webrtc.js';

export const sampleRate = 48_000;
/** Sources take 10 ms at a time. */
export const samplesPerChunk = sampleRate / 100;

/** A stream of one video and one audio track, which the program feeds. */
export class CaptureSource {
  readonly stream: MediaStream;
  frames = 0;
  private readonly video: InstanceType<WebRtc['nonstandard']['RTCVideoSource']>;
  private readonly audio: InstanceType<WebRtc['nonstandard']['RTCAudioSource']> | undefined;

  constructor({ MediaStream, nonstandard }: WebRtc, kinds: { audio: boolean; video: boolean }) {
    this.video = new nonstandard.RTCVideoSource();
    this.audio = kinds.audio ? new nonstandard.RTCAudioSource() : undefined;
    this.stream = new MediaStream([
      ...(this.audio === undefined ? [] : [this.audio.createTrack()]),
      ...(kinds.video ? [this.video.createTrack()] : []),
    ]);
  }

  /** Planes of I420. */
  pushFrame(width: number, height: number, data: Uint8Array): void {
    this.frames += 1;
    this.video.onFrame({
      width,
      height,
      data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    });
  }

  /** 480 samples of one channel at 48 kHz. */
  pushAudio(samples: Int16Array): void {
    this.audio?.onData({
      samples,
      sampleRate,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: samplesPerChunk,
    });
  }
}
