import { capture } from '@polyroom/sdk';
import { assertMediaStream, illegalArgument } from './arguments.js';
import { ZegoError } from './zego-error.js';

/** A track of one device. */
export async function openTrack(
  kind: 'audio' | 'video',
  device: { deviceID?: string; facingMode?: 'user' | 'environment' },
): Promise<MediaStreamTrack> {
  const { deviceID, facingMode } = device;
  if (deviceID !== undefined && (typeof deviceID !== 'string' || deviceID === '')) {
    throw illegalArgument('deviceID', 'expected a device ID');
  }
  const camera =
    kind === 'audio'
      ? { video: false, ...(deviceID === undefined ? {} : { audioInput: deviceID }) }
      : {
          audio: false,
          ...(deviceID === undefined ? {} : { videoInput: deviceID }),
          ...(facingMode === undefined ? {} : { facingMode }),
        };
  const [track] = (await capture({ camera })).getTracks();
  return track!;
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
