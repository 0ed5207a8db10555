import { type ErrorName } from '@polyroom/contracts';
import { z } from 'zod';
import { ZegoError } from '../zego-error.js';
import { type ZegoCameraSource, type ZegoScreenSource, type ZegoStreamSource } from '../zego-types.js';

const size = z.union([z.number().positive(), z.looseObject({})]).optional();
const device = z.union([z.boolean(), z.looseObject({})]).optional();

const sourceSchema = z.strictObject({
  camera: z
    .strictObject({
      audio: device,
      video: device,
      audioInput: z.string().min(1).optional(),
      videoInput: z.string().min(1).optional(),
      facingMode: z.enum(['user', 'environment']).optional(),
      width: size,
      height: size,
      frameRate: size,
    })
    .optional(),
  screen: z
    .strictObject({ audio: z.boolean().optional(), width: size, height: size, frameRate: size })
    .optional(),
  custom: z
    .strictObject({
      source: z.custom((source) => isMediaStream(source) || isMediaElement(source), {
        error: 'expected a MediaStream or a media element',
      }),
    })
    .optional(),
});

/** Firefox uses a prefixed name, and Safari lacks the method. */
type CapturingElement = HTMLMediaElement & {
  captureStream?(): MediaStream;
  mozCaptureStream?(): MediaStream;
};

/**
 * Captures camera and microphone, the screen, or a source of the application. Rejects with a ZegoError only.
 */
export async function capture(source: ZegoStreamSource): Promise<MediaStream> {
  const { camera, custom, screen } = parseSource(source);
  if (custom !== undefined) {
    return isMediaStream(custom.source) ? custom.source : captureElement(custom.source);
  }
  return screen === undefined ? captureCamera(camera ?? {}) : captureScreen(screen);
}

function parseSource(
  given: ZegoStreamSource,
): Omit<ZegoStreamSource, 'screen'> & { screen?: ZegoScreenSource } {
  const { screen, ...others } = Object(given) as ZegoStreamSource;
  const source = {
    ...others,
    ...(screen === undefined || screen === false ? {} : { screen: screen === true ? {} : screen }),
  };
  const issue = sourceSchema.safeParse(Object(given) === given ? source : given).error?.issues[0];
  if (issue !== undefined) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    throw refuseOption(['source', ...issue.path, ...unknown].join('.'), issue.message);
  }
  const named = Object.entries(source).filter(([, value]) => value !== undefined);
  if (named.length > 1) {
    throw refuseOption('source', `one source at a time, not ${named.map(([name]) => name).join(' and ')}`);
  }
  return source;
}

function refuseOption(path: string, problem: string): ZegoError {
  return ZegoError.of('COMMON_ILLEGAL_PARAM', { path, problem }, `createStream: ${path}: ${problem}.`);
}

async function captureCamera(camera: ZegoCameraSource): Promise<MediaStream> {
  const { audio = true, audioInput, facingMode, frameRate, height, video = true, videoInput, width } = camera;
  if (audio === false && video === false) {
    throw refuseOption('source.camera', 'neither audio nor video');
  }
  const constraints = {
    audio: withConstraints(audio, { deviceId: exact(audioInput) }),
    video: withConstraints(video, { deviceId: exact(videoInput), facingMode, width, height, frameRate }),
  };
  const devices = getMediaDevices();
  try {
    return await devices.getUserMedia(constraints);
  } catch (error) {
    throw toCaptureError(error, 'CAPTURE_NOT_ALLOWED');
  }
}

async function captureScreen({ audio = false, ...video }: ZegoScreenSource): Promise<MediaStream> {
  const devices = getMediaDevices();
  if (typeof devices.getDisplayMedia !== 'function') {
    throw ZegoError.of('CAPTURE_SCREEN_NOT_SUPPORTED');
  }
  try {
    return await devices.getDisplayMedia({ audio, video: withConstraints(true, video) });
  } catch (error) {
    throw toCaptureError(error, 'CAPTURE_SCREEN_CANCELED');
  }
}

function captureElement(element: CapturingElement): MediaStream {
  const start = element.captureStream ?? element.mozCaptureStream;
  if (start === undefined) {
    throw ZegoError.of('CAPTURE_NOT_SUPPORTED', { feature: 'HTMLMediaElement.captureStream' });
  }
  try {
    return start.call(element);
  } catch (error) {
    // The element plays cross-origin or encrypted media.
    throw toCaptureError(error, 'CAPTURE_NOT_ALLOWED');
  }
}

/** Browsers omit `mediaDevices` on pages that are served neither over https nor from localhost. */
function getMediaDevices(): MediaDevices {
  const devices = (globalThis.navigator as Partial<Navigator> | undefined)?.mediaDevices;
  if (devices === undefined) {
    throw globalThis.isSecureContext === false
      ? ZegoError.of('CAPTURE_HTTPS_REQUIRED')
      : ZegoError.of('CAPTURE_NOT_SUPPORTED', { feature: 'navigator.mediaDevices' });
  }
  return devices;
}

const errorsByName: Record<string, ErrorName> = {
  NotFoundError: 'CAPTURE_DEVICE_NOT_FOUND',
  NotReadableError: 'CAPTURE_DEVICE_BUSY',
  OverconstrainedError: 'CAPTURE_CONSTRAINTS_NOT_MET',
  TypeError: 'COMMON_ILLEGAL_PARAM',
};

/**
 * Maps a browser error by name: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia.
 */
function toCaptureError(error: unknown, denied: ErrorName): ZegoError {
  const { constraint, message, name } = Object(error) as Partial<OverconstrainedError>;
  const isDenied = name === 'NotAllowedError' || name === 'SecurityError' || name === 'InvalidStateError';
  const errorName = isDenied ? denied : (errorsByName[name ?? ''] ?? 'CAPTURE_FAILED');
  const problem = [name, message].filter(Boolean).join(': ');
  return ZegoError.of(errorName, { problem, ...(constraint ? { constraint } : {}) });
}

function exact(deviceId: string | undefined): ConstrainDOMString | undefined {
  return deviceId === undefined ? undefined : { exact: deviceId };
}

type Constraints = { [Name in keyof MediaTrackConstraints]?: MediaTrackConstraints[Name] | undefined };

/** `true` if there are no constraints. */
function withConstraints(
  wanted: boolean | MediaTrackConstraints,
  constraints: Constraints,
): boolean | MediaTrackConstraints {
  if (wanted === false) {
    return false;
  }
  const given = Object.entries(constraints).filter(([, value]) => value !== undefined);
  const merged = { ...(wanted === true ? {} : wanted), ...Object.fromEntries(given) };
  return Object.keys(merged).length === 0 ? true : merged;
}

function isMediaStream(source: unknown): source is MediaStream {
  return typeof MediaStream !== 'undefined' && source instanceof MediaStream;
}

function isMediaElement(source: unknown): source is CapturingElement {
  return typeof HTMLMediaElement !== 'undefined' && source instanceof HTMLMediaElement;
}
