import { type CameraSource, capture, type MediaKind } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';
import { constrain } from '../shared/local-tracks.js';
import { translated } from '../shared/zego-error.js';
import { ZegoAudioChannel, ZegoAudioConfig, ZegoVideoConfig } from './zego-media-config.js';
import { type ZegoPublishChannel } from './zego-types.js';

/** Echo cancellation, gain control and noise suppression by their names in browsers. */
export type AudioProcessing = 'echoCancellation' | 'autoGainControl' | 'noiseSuppression';

/** How the engine captures and encodes, by publish channel, and the camera and microphone that it opens itself. */
export class NativeCapture {
  private readonly video = new Map<ZegoPublishChannel, ZegoVideoConfig>();
  private readonly audio = new Map<ZegoPublishChannel, ZegoAudioConfig>();
  private readonly processing: { [Name in AudioProcessing]?: boolean } = {};
  private captured: Promise<MediaStream> | undefined;

  videoConfigOf(channel: ZegoPublishChannel): ZegoVideoConfig {
    return { ...(this.video.get(channel) ?? new ZegoVideoConfig()) };
  }

  audioConfigOf(channel: ZegoPublishChannel): ZegoAudioConfig {
    return { ...(this.audio.get(channel) ?? new ZegoAudioConfig()) };
  }

  /** Values that the configuration leaves out do not change. */
  async setVideo(
    config: Partial<ZegoVideoConfig>,
    channel: ZegoPublishChannel,
    mediaStream: MediaStream | undefined,
  ): Promise<void> {
    const wanted = { ...this.videoConfigOf(channel), ...config };
    for (const name of ['captureWidth', 'captureHeight', 'fps', 'bitrate'] as const) {
      assertAboveZero(wanted[name], name);
    }
    this.video.set(channel, wanted);
    if (mediaStream?.getTracks().some(({ kind }) => kind === 'video') === true) {
      await constrain(mediaStream, 'video', toVideoConstraints(wanted));
    }
  }

  setAudio(config: Partial<ZegoAudioConfig>, channel: ZegoPublishChannel): void {
    const wanted = { ...this.audioConfigOf(channel), ...config };
    assertAboveZero(wanted.bitrate, 'bitrate');
    this.audio.set(channel, wanted);
  }

  async setProcessing(
    name: AudioProcessing,
    enable: boolean,
    mediaStream: MediaStream | undefined,
  ): Promise<void> {
    if (typeof enable !== 'boolean') {
      throw illegalArgument('enable', 'expected a boolean');
    }
    this.processing[name] = enable;
    if (mediaStream?.getTracks().some(({ kind }) => kind === 'audio') === true) {
      await constrain(mediaStream, 'audio', { [name]: enable });
    }
  }

  /** In bits per second; only what the application has set. */
  maxBitratesOf(channel: ZegoPublishChannel): { [Kind in MediaKind]?: number } {
    const [audio, video] = [this.audio.get(channel), this.video.get(channel)];
    return {
      ...(audio === undefined ? {} : { audio: audio.bitrate * 1000 }),
      ...(video === undefined ? {} : { video: video.bitrate * 1000 }),
    };
  }

  /** Camera and microphone, opened once. Rejects with a ZegoError. */
  open(channel: ZegoPublishChannel): Promise<MediaStream> {
    this.captured ??= translated(capture({ camera: this.toCamera(channel) })).catch((error: unknown) => {
      this.captured = undefined;
      throw error;
    });
    return this.captured;
  }

  /** The camera and microphone that are open; never rejects. */
  async find(): Promise<MediaStream | undefined> {
    return this.captured?.catch(() => undefined);
  }

  /** Idempotent. */
  close(): void {
    void this.find().then((mediaStream) => mediaStream?.getTracks().forEach((track) => track.stop()));
    this.captured = undefined;
  }

  private toCamera(channel: ZegoPublishChannel): CameraSource {
    const [audio, video] = [this.audio.get(channel), this.video.get(channel)];
    const channels =
      audio === undefined ? {} : { channelCount: audio.channel === ZegoAudioChannel.Stereo ? 2 : 1 };
    const constraints = { ...this.processing, ...channels };
    return {
      audio: Object.keys(constraints).length === 0 ? true : constraints,
      ...(video === undefined ? {} : toVideoConstraints(video)),
    };
  }
}

function toVideoConstraints({ captureHeight, captureWidth, fps }: ZegoVideoConfig): {
  width: number;
  height: number;
  frameRate: number;
} {
  return { width: captureWidth, height: captureHeight, frameRate: fps };
}

function assertAboveZero(value: unknown, name: string): void {
  if (!(typeof value === 'number' && value > 0)) {
    throw illegalArgument(`config.${name}`, 'expected a number above 0');
  }
}
