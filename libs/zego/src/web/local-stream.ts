import { type CaptureSource } from '@polyroom/sdk';
import { assertMediaStream, illegalArgument } from '../shared/arguments.js';
import { ZegoError } from '../shared/zego-error.js';
import { type ZegoStreamOptions } from './web-types.js';

/** The source that the options of `createZegoStream` describe. */
export function toCaptureSource({ camera, custom, screen }: ZegoStreamOptions): CaptureSource {
  if (custom !== undefined) {
    const tracks = [custom.audio?.input, custom.video?.input].filter((track) => track !== undefined);
    return { custom: { source: new MediaStream(tracks) } };
  }
  if (screen !== undefined) {
    const { audio = false, video = true } = screen;
    return { screen: { audio, ...(typeof video === 'object' ? video : {}) } };
  }
  const { audio = true, video = true } = camera ?? {};
  const { input, ...size } = typeof video === 'object' ? video : {};
  return {
    camera: { audio, video: video !== false, ...(input === undefined ? {} : { videoInput: input }), ...size },
  };
}

/** Changes the constraints of the track of a kind. */
export async function constrain(
  localStream: MediaStream,
  kind: 'audio' | 'video',
  constraints: MediaTrackConstraints,
): Promise<void> {
  assertMediaStream(localStream, 'localStream');
  const [track] = localStream.getTracks().filter((one) => one.kind === kind);
  if (track === undefined) {
    throw illegalArgument('localStream', `it has no ${kind} track`);
  }
  try {
    await track.applyConstraints({ ...track.getConstraints(), ...constraints });
  } catch (error) {
    const { constraint, message } = Object(error) as Partial<OverconstrainedError>;
    throw ZegoError.of('CAPTURE_CONSTRAINTS_NOT_MET', {
      problem: message,
      ...(constraint ? { constraint } : {}),
    });
  }
}

export function isActive({ muted, readyState }: MediaStreamTrack): boolean {
  return readyState === 'live' && !muted;
}

export function show(mediaStream: MediaStream, element: HTMLVideoElement): void {
  element.srcObject = mediaStream;
  element.autoplay = true;
  // The gesture that permits playback may come later: the application calls `resume` of the view.
  element.play().catch(() => undefined);
}
