import { Failure } from '../output/failure.js';

/** One frame of video: the planes Y, U and V, the latter two with half of the width and height. */
export interface I420Frame {
  width: number;
  height: number;
  data: Uint8ClampedArray | Uint8Array;
}

/** 10 ms of audio. */
export interface AudioData {
  samples: Int16Array;
  sampleRate: number;
  bitsPerSample?: number;
  channelCount?: number;
  numberOfFrames?: number;
}

interface Sink {
  stop(): void;
}

/** What the program uses of `@roamhq/wrtc`. */
export interface WebRtc {
  MediaStream: new (tracks: MediaStreamTrack[]) => MediaStream;
  RTCPeerConnection: typeof RTCPeerConnection;
  nonstandard: {
    RTCVideoSource: new () => { createTrack(): MediaStreamTrack; onFrame(frame: I420Frame): void };
    RTCAudioSource: new () => { createTrack(): MediaStreamTrack; onData(data: AudioData): void };
    RTCVideoSink: new (track: MediaStreamTrack) => Sink & { onframe?: (event: { frame: I420Frame }) => void };
    RTCAudioSink: new (track: MediaStreamTrack) => Sink & { ondata?: (data: AudioData) => void };
  };
}

/** Loads the native WebRTC package, which npm leaves out on platforms that it does not support. */
export async function loadWebRtc(): Promise<WebRtc> {
  try {
    const { default: webRtc } = (await import('@roamhq/wrtc')) as unknown as { default: WebRtc };
    return webRtc;
  } catch (error) {
    throw new Failure(`the package @roamhq/wrtc is not available: ${firstLine(error)}`, {
      cure: 'install @polyroom/cli without --omit=optional, on Linux, macOS or Windows with x64 or arm64',
    });
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
