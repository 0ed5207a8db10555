import { type CaptureSource } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';
import { assertKnown } from '../shared/known-options.js';
import {
  type ZegoCamera,
  type ZegoLocalStreamConfig,
  type ZegoScreen,
  type ZegoVideoQuality,
} from './web-types.js';

/** What `createStream` opens, and how its tracks are encoded. */
export interface CaptureRequest {
  source: CaptureSource;
  encoding: LocalEncoding;
}

/** Bitrates in kbit/s, as in ZEGO's SDK. */
export interface LocalEncoding {
  videoKbps?: number | undefined;
  audioKbps?: number | undefined;
  contentHint?: 'motion' | 'detail' | undefined;
}

interface Preset {
  width?: number;
  height?: number;
  frameRate: number;
  kbps: number;
}

const cameraPresets: Record<1 | 2 | 3, Preset> = {
  1: { width: 320, height: 240, frameRate: 15, kbps: 300 },
  2: { width: 640, height: 480, frameRate: 15, kbps: 800 },
  3: { width: 1280, height: 720, frameRate: 20, kbps: 1500 },
};
const screenPresets: Record<1 | 2 | 3, Preset> = {
  1: { frameRate: 20, kbps: 800 },
  2: { frameRate: 15, kbps: 1500 },
  3: { frameRate: 5, kbps: 2000 },
};

const sizes = ['width', 'height', 'frameRate'];
const processing = ['ANS', 'AGC', 'AEC'];
/** The encoder adapts to the network by itself: `startBitrate`, `minBitrate` and `keyFrameInterval` have no effect. */
const encoder = ['bitrate', 'startBitrate', 'videoOptimizationMode', 'minBitrate', 'keyFrameInterval'];
const cameraNames = [
  ...[
    'audio',
    'video',
    'audioInput',
    'videoInput',
    'facingMode',
    'videoQuality',
    'audioBitrate',
    'channelCount',
  ],
  ...[...sizes, ...processing, ...encoder],
];
const screenNames = ['audio', 'videoQuality', 'bitRate', 'sourceID', ...sizes, ...processing, ...encoder];
const customNames = ['source', 'audioBitrate', 'channelCount', ...encoder];

/** Translates ZEGO's options of `createStream`. Throws for an unknown one. */
export function toCaptureRequest(config: ZegoLocalStreamConfig = {}): CaptureRequest {
  assertKnown(config, 'source', ['camera', 'screen', 'custom']);
  const { camera, custom, screen } = Object(config) as ZegoLocalStreamConfig;
  const given = Object.entries({ camera, custom, screen }).filter(([, value]) => value);
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(' and ');
    throw illegalArgument('source', `one source at a time, not ${names}`);
  }
  if (custom !== undefined) {
    assertKnown(custom, 'source.custom', customNames);
    return { source: { custom: { source: custom.source } }, encoding: encodingOf(custom, custom.bitrate) };
  }
  if (screen) {
    return toScreen(screen === true ? {} : screen);
  }
  return toCamera(camera ?? {});
}

function toCamera(camera: ZegoCamera): CaptureRequest {
  assertKnown(camera, 'source.camera', cameraNames);
  const { audio = true, audioInput, bitrate, facingMode, video = true, videoInput, videoQuality } = camera;
  const preset = presetOf(cameraPresets, videoQuality, 'source.camera.videoQuality');
  const { frameRate, height, width } = { ...preset, ...defined({ ...pick(camera, sizes) }) } as ZegoCamera;
  const wanted = toAudioConstraints(camera);
  return {
    source: {
      camera: defined({
        audio: audio && Object.keys(wanted).length > 0 ? wanted : audio,
        video,
        audioInput,
        // ZEGO ignores the device if both are given.
        ...(facingMode === undefined ? { videoInput } : { facingMode }),
        ...{ frameRate, height, width },
      }),
    },
    encoding: encodingOf(camera, bitrate ?? preset?.kbps),
  };
}

function toScreen(screen: ZegoScreen): CaptureRequest {
  assertKnown(screen, 'source.screen', screenNames);
  const { audio = false, bitRate, bitrate = bitRate, sourceID, videoQuality } = screen;
  if (sourceID !== undefined) {
    throw illegalArgument('source.screen.sourceID', 'pass the stream of a desktop source as source.custom');
  }
  const preset = presetOf(screenPresets, videoQuality, 'source.screen.videoQuality');
  const { frameRate, height, width } = { ...preset, ...defined(pick(screen, sizes)) } as ZegoScreen;
  return {
    source: { screen: defined({ audio, frameRate, height, width }) },
    encoding: encodingOf(screen, bitrate ?? preset?.kbps),
  };
}

/** 4 takes the sizes of the other options. Without a quality the browser chooses. */
export function presetOf(
  presets: Record<1 | 2 | 3, Preset>,
  quality: ZegoVideoQuality | undefined,
  path: string,
): Preset | undefined {
  if (quality !== undefined && ![1, 2, 3, 4].includes(quality)) {
    throw illegalArgument(path, 'expected 1, 2, 3 or 4');
  }
  return quality === undefined || quality === 4 ? undefined : presets[quality];
}

export const presetOfCamera = (quality: ZegoVideoQuality | undefined): Preset | undefined =>
  presetOf(cameraPresets, quality, 'constraints.videoQuality');

/** Noise suppression, gain control and echo cancellation by their names in browsers. */
export function toAudioConstraints({
  AEC,
  AGC,
  ANS,
  channelCount,
}: {
  ANS?: boolean;
  AGC?: boolean;
  AEC?: boolean;
  channelCount?: number;
}): MediaTrackConstraints {
  return defined({
    echoCancellation: AEC,
    autoGainControl: AGC,
    noiseSuppression: ANS,
    channelCount,
  }) as MediaTrackConstraints;
}

function encodingOf(
  { audioBitrate, videoOptimizationMode }: Pick<ZegoCamera, 'audioBitrate' | 'videoOptimizationMode'>,
  videoKbps: number | undefined,
): LocalEncoding {
  const hint = videoOptimizationMode === 'default' ? undefined : videoOptimizationMode;
  return { videoKbps, audioKbps: audioBitrate, contentHint: hint };
}

/** Without the keys that have no value. */
export function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

function pick(given: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}
