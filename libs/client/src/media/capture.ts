import { type ClientErrorName } from '@polyroom/contracts/client';
import { detectPlatform } from '../platform/detect-platform.js';
import { type CaptureDevices, type Platform } from '../platform/platform.js';
import { PolyroomError } from '../polyroom-error.js';
import { type CameraSource, type CaptureSource, type ScreenSource } from './capture-source.js';

/** Describes what is wrong with the value of an option; undefined if nothing is. */
type Check = (value: unknown) => string | undefined;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const size: Check = (value) =>
  (typeof value === 'number' && value > 0) || isObject(value)
    ? undefined
    : 'expected a number above 0, or a range';
const device: Check = (value) =>
  typeof value === 'boolean' || isObject(value) ? undefined : 'expected a boolean, or constraints';
const deviceId: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'expected a device ID';
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean');
const facing: Check = (value) =>
  value === 'user' || value === 'environment' ? undefined : "expected 'user' or 'environment'";
const custom: Check = (value) =>
  isMediaStream(value) || isMediaElement(value) ? undefined : 'expected a MediaStream or a media element';

const options: Record<string, Record<string, Check>> = {
  camera: {
    audio: device,
    video: device,
    audioInput: deviceId,
    videoInput: deviceId,
    facingMode: facing,
    width: size,
    height: size,
    frameRate: size,
  },
  screen: { audio: flag, width: size, height: size, frameRate: size },
  custom: { source: custom },
};
const required = new Set(['source.custom.source']);

export type CapturePlatform = Pick<Platform, 'isSecureContext' | 'mediaDevices'>;

/** Firefox uses a prefixed name, and Safari lacks the method. */
type CapturingElement = HTMLMediaElement & {
  captureStream?(): MediaStream;
  mozCaptureStream?(): MediaStream;
};

/**
 * Captures camera and microphone, the screen, or a source of the application. Rejects with a PolyroomError only.
 * `platform` is that of the client, where the runtime itself has no devices.
 */
export async function capture(
  source: CaptureSource = {},
  platform: Partial<CapturePlatform> = {},
): Promise<MediaStream> {
  const { camera, custom, screen } = parseSource(source);
  if (custom !== undefined) {
    return isMediaStream(custom.source) ? custom.source : captureElement(custom.source);
  }
  const devices = (): CaptureDevices => getMediaDevices({ ...detectPlatform(), ...platform });
  return screen === undefined ? captureCamera(camera ?? {}, devices) : captureScreen(screen, devices);
}

function parseSource(given: CaptureSource): Omit<CaptureSource, 'screen'> & { screen?: ScreenSource } {
  const { screen, ...others } = Object(given) as CaptureSource;
  const source = {
    ...others,
    ...(screen === undefined || screen === false ? {} : { screen: screen === true ? {} : screen }),
  };
  if (Object(given) !== given) {
    throw refuseOption('source', 'expected an object');
  }
  for (const [kind, value] of Object.entries(source)) {
    assertOptions(`source.${kind}`, value, options[kind]);
  }
  const named = Object.entries(source).filter(([, value]) => value !== undefined);
  if (named.length > 1) {
    throw refuseOption('source', `one source at a time, not ${named.map(([name]) => name).join(' and ')}`);
  }
  return source;
}

function assertOptions(path: string, given: unknown, checks: Record<string, Check> | undefined): void {
  if (checks === undefined) {
    throw refuseOption(path, 'unknown option');
  }
  if (given === undefined) {
    return;
  }
  if (!isObject(given)) {
    throw refuseOption(path, 'expected an object');
  }
  const values = given as Record<string, unknown>;
  const unknown = Object.keys(values).find((name) => checks[name] === undefined);
  if (unknown !== undefined) {
    throw refuseOption(`${path}.${unknown}`, 'unknown option');
  }
  for (const [name, check] of Object.entries(checks)) {
    const isGiven = values[name] !== undefined || required.has(`${path}.${name}`);
    const problem = isGiven ? check(values[name]) : undefined;
    if (problem !== undefined) {
      throw refuseOption(`${path}.${name}`, problem);
    }
  }
}

function refuseOption(path: string, problem: string): PolyroomError {
  return PolyroomError.of('COMMON_ILLEGAL_PARAM', { path, problem }, `${path}: ${problem}.`);
}

async function captureCamera(camera: CameraSource, getDevices: () => CaptureDevices): Promise<MediaStream> {
  const { audio = true, audioInput, facingMode, frameRate, height, video = true, videoInput, width } = camera;
  if (audio === false && video === false) {
    throw refuseOption('source.camera', 'neither audio nor video');
  }
  const constraints = {
    audio: withConstraints(audio, { deviceId: exact(audioInput) }),
    video: withConstraints(video, { deviceId: exact(videoInput), facingMode, width, height, frameRate }),
  };
  const devices = getDevices();
  try {
    return await devices.getUserMedia(constraints);
  } catch (error) {
    throw toCaptureError(error, 'CAPTURE_NOT_ALLOWED');
  }
}

async function captureScreen(
  { audio = false, ...video }: ScreenSource,
  getDevices: () => CaptureDevices,
): Promise<MediaStream> {
  const devices = getDevices();
  if (typeof devices.getDisplayMedia !== 'function') {
    throw PolyroomError.of('CAPTURE_SCREEN_NOT_SUPPORTED');
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
    throw PolyroomError.of('CAPTURE_NOT_SUPPORTED', { feature: 'HTMLMediaElement.captureStream' });
  }
  try {
    return start.call(element);
  } catch (error) {
    // The element plays cross-origin or encrypted media.
    throw toCaptureError(error, 'CAPTURE_NOT_ALLOWED');
  }
}

/** Browsers omit `mediaDevices` on pages that are served neither over https nor from localhost. */
function getMediaDevices({ isSecureContext, mediaDevices }: CapturePlatform): CaptureDevices {
  if (mediaDevices === undefined) {
    throw isSecureContext === false
      ? PolyroomError.of('CAPTURE_HTTPS_REQUIRED')
      : PolyroomError.of('CAPTURE_NOT_SUPPORTED', { feature: 'navigator.mediaDevices' });
  }
  return mediaDevices;
}

const errorsByName: Record<string, ClientErrorName> = {
  NotFoundError: 'CAPTURE_DEVICE_NOT_FOUND',
  NotReadableError: 'CAPTURE_DEVICE_BUSY',
  OverconstrainedError: 'CAPTURE_CONSTRAINTS_NOT_MET',
  TypeError: 'COMMON_ILLEGAL_PARAM',
};

/**
 * Maps a browser error by name: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia.
 */
function toCaptureError(error: unknown, denied: ClientErrorName): PolyroomError {
  const { constraint, message, name } = Object(error) as Partial<OverconstrainedError>;
  const isDenied = name === 'NotAllowedError' || name === 'SecurityError' || name === 'InvalidStateError';
  const errorName = isDenied ? denied : (errorsByName[name ?? ''] ?? 'CAPTURE_FAILED');
  const problem = [name, message].filter(Boolean).join(': ');
  return PolyroomError.of(errorName, { problem, ...(constraint ? { constraint } : {}) });
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

/** By its methods: streams of other WebRTC packages are no instances of the browser's class. */
function isMediaStream(source: unknown): source is MediaStream {
  return typeof (Object(source) as Partial<MediaStream>).getTracks === 'function';
}

function isMediaElement(source: unknown): source is CapturingElement {
  const element = Object(source) as Partial<HTMLMediaElement>;
  return typeof element.play === 'function' && 'srcObject' in element;
}
