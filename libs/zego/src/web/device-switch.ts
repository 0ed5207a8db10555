import { type MediaKind } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';
import { assertKnown } from '../shared/known-options.js';
import { openTrack } from '../shared/local-tracks.js';
import { type ZegoAutoSwitchDeviceConfig } from './web-types.js';

/** Opens the browser's default device when the one of a published stream is unplugged. */
export class DeviceSwitch {
  private readonly isEnabled: Record<MediaKind, boolean> = { audio: false, video: false };
  private readonly watched = new WeakSet<MediaStreamTrack>();

  constructor(
    private readonly replace: (mediaStream: MediaStream, track: MediaStreamTrack) => Promise<void>,
    /** No other device can be opened. */
    private readonly onFailed: (error: unknown, deviceName: string) => void,
  ) {}

  enable(config: ZegoAutoSwitchDeviceConfig): void {
    assertKnown(config, 'config', ['camera', 'microphone']);
    const { camera = false, microphone = false } = Object(config) as ZegoAutoSwitchDeviceConfig;
    for (const [name, value] of Object.entries({ camera, microphone })) {
      if (typeof value !== 'boolean') {
        throw illegalArgument(`config.${name}`, 'expected a boolean');
      }
    }
    this.isEnabled.video = camera;
    this.isEnabled.audio = microphone;
  }

  /** For tracks of camera and microphone in the stream. A track that `stop()` ends fires no event. */
  watch(mediaStream: MediaStream, tracks: MediaStreamTrack[]): void {
    for (const track of tracks) {
      if (!this.watched.has(track)) {
        this.watched.add(track);
        track.addEventListener('ended', () => void this.handleEnded(mediaStream, track));
      }
    }
  }

  private async handleEnded(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    const kind = track.kind as MediaKind;
    if (!this.isEnabled[kind] || !mediaStream.getTracks().includes(track)) {
      return;
    }
    try {
      const next = await openTrack(kind, {});
      await this.replace(mediaStream, next);
      this.watch(mediaStream, [next]);
    } catch (error) {
      this.onFailed(error, track.label);
    }
  }
}
