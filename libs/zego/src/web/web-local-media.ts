import { capture, type Client, Emitter } from '@polyroom/sdk';
import { type ZegoStreamSource } from '../native/zego-types.js';
import { assertMediaStream } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { constrain, isActive, show, toCaptureSource } from './local-stream.js';
import { ZegoStreamView } from './stream-view.js';
import { detectCapabilities, listAllDevices, listDevices, openTrack } from './web-devices.js';
import { respond } from './web-response.js';
import {
  type ZegoCapabilityDetection,
  type ZegoDeviceInfo,
  type ZegoDeviceInfos,
  type ZegoPublishStreamConfig,
  type ZegoServerResponse,
  type ZegoStreamOptions,
  type ZegoWebEvents,
} from './web-types.js';

/** The calls of the Web SDK for devices, local streams and views. They need no room. */
export abstract class WebLocalMedia {
  protected abstract readonly client: Client;
  protected readonly events = new Emitter<ZegoWebEvents>();

  abstract mutePublishStreamVideo(localStream: MediaStream, mute: boolean): boolean;

  async createStream(source: ZegoStreamSource = {}): Promise<MediaStream> {
    const mediaStream = await translated(capture(source));
    this.watchScreen(source, mediaStream);
    return mediaStream;
  }

  /** A MediaStream takes the place of ZEGO's ZegoLocalStream. */
  async createZegoStream(options: ZegoStreamOptions = {}): Promise<MediaStream> {
    return this.createStream(toCaptureSource(options));
  }

  destroyStream(localStream: MediaStream): void {
    assertMediaStream(localStream, 'localStream');
    localStream.getTracks().forEach((track) => track.stop());
  }

  replaceTrack(localStream: MediaStream, mediaStreamTrack: MediaStreamTrack): Promise<ZegoServerResponse> {
    const names = { media: 'localStream', track: 'mediaStreamTrack' };
    return respond(this.client.replaceTrack(localStream, mediaStreamTrack), names);
  }

  addTrack(localStream: MediaStream, track: MediaStreamTrack): Promise<ZegoServerResponse> {
    return respond(this.client.replaceTrack(localStream, track), { media: 'localStream' });
  }

  setVideoConfig(
    localStream: MediaStream,
    constraints: ZegoPublishStreamConfig,
  ): Promise<ZegoServerResponse> {
    const { frameRate, height, width } = Object(constraints) as ZegoPublishStreamConfig;
    const wanted = Object.entries({ frameRate, height, width }).filter(([, value]) => value !== undefined);
    return respond(constrain(localStream, 'video', Object.fromEntries(wanted)));
  }

  /** `AEC`, `ANS` and `AGC`: echo cancellation, noise suppression and gain control. */
  setAudioConfig(
    localStream: MediaStream,
    constraints: { AEC?: boolean; ANS?: boolean; AGC?: boolean },
  ): Promise<ZegoServerResponse> {
    const { AEC, AGC, ANS } = Object(constraints) as { AEC?: boolean; ANS?: boolean; AGC?: boolean };
    const named = { echoCancellation: AEC, autoGainControl: AGC, noiseSuppression: ANS };
    const wanted = Object.entries(named).filter(([, value]) => value !== undefined);
    return respond(constrain(localStream, 'audio', Object.fromEntries(wanted)));
  }

  useVideoDevice(localStream: MediaStream, deviceID: string): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'video', { deviceID }));
  }

  useAudioDevice(localStream: MediaStream, deviceID: string): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'audio', { deviceID }));
  }

  useFrontCamera(localStream: MediaStream, enable: boolean): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'video', { facingMode: enable ? 'user' : 'environment' }));
  }

  async useAudioOutputDevice(media: HTMLMediaElement, deviceID: string): Promise<boolean> {
    if (typeof media?.setSinkId !== 'function') {
      throw ZegoError.of(
        'COMMON_SDK_NO_MODULE',
        { feature: 'setSinkId' },
        'This browser cannot choose a speaker.',
      );
    }
    await media.setSinkId(deviceID);
    return true;
  }

  /** Stops the camera, or starts it again. */
  async enableVideoCaptureDevice(localStream: MediaStream, enable = true): Promise<boolean> {
    assertMediaStream(localStream, 'localStream');
    if (enable) {
      await this.useDevice(localStream, 'video', {});
    } else {
      this.mutePublishStreamVideo(localStream, true);
      localStream.getVideoTracks().forEach((track) => track.stop());
    }
    if (enable) {
      this.mutePublishStreamVideo(localStream, false);
    }
    return true;
  }

  async checkVideoTrackIsActive(stream: MediaStream): Promise<boolean> {
    return stream.getVideoTracks().some(isActive);
  }

  async checkAudioTrackIsActive(stream: MediaStream): Promise<boolean> {
    return stream.getAudioTracks().some(isActive);
  }

  createLocalStreamView(localStream: MediaStream): ZegoStreamView {
    assertMediaStream(localStream, 'localStream');
    return new ZegoStreamView(localStream, true, (element) => show(localStream, element));
  }

  createRemoteStreamView(remoteStream: MediaStream): ZegoStreamView {
    assertMediaStream(remoteStream, 'remoteStream');
    return new ZegoStreamView(remoteStream, false, (element) => show(remoteStream, element));
  }

  enumDevices(): Promise<ZegoDeviceInfos> {
    return translated(listAllDevices());
  }

  getCameras(): Promise<ZegoDeviceInfo[]> {
    return translated(listDevices('videoinput'));
  }

  getMicrophones(): Promise<ZegoDeviceInfo[]> {
    return translated(listDevices('audioinput'));
  }

  getSpeakers(): Promise<ZegoDeviceInfo[]> {
    return translated(listDevices('audiooutput'));
  }

  checkSystemRequirements(): Promise<ZegoCapabilityDetection> {
    return detectCapabilities();
  }

  private async useDevice(
    localStream: MediaStream,
    kind: 'audio' | 'video',
    device: Parameters<typeof openTrack>[1],
  ): Promise<void> {
    assertMediaStream(localStream, 'localStream');
    const former = localStream.getTracks().filter((track) => track.kind === kind);
    await this.client.replaceTrack(localStream, await openTrack(kind, device));
    former.forEach((track) => track.stop());
  }

  private watchScreen({ screen }: ZegoStreamSource, mediaStream: MediaStream): void {
    if (screen) {
      mediaStream
        .getVideoTracks()
        .forEach((track) =>
          track.addEventListener('ended', () => this.events.emit('screenSharingEnded', mediaStream)),
        );
    }
  }
}
