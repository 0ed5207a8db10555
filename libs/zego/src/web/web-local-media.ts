import { capture, type Client, Emitter, type MediaKind } from '@polyroom/sdk';
import { assertMediaStream, illegalArgument } from '../shared/arguments.js';
import { constrain, openTrack } from '../shared/local-tracks.js';
import { toZegoError, translated } from '../shared/zego-error.js';
import {
  type CaptureRequest,
  defined,
  presetOfCamera,
  toAudioConstraints,
  toCaptureRequest,
} from './capture-options.js';
import { CaptureVolumes } from '../shared/capture-volumes.js';
import { DeviceSwitch } from './device-switch.js';
import { DeviceWatch } from './device-watch.js';
import { assertKnown } from '../shared/known-options.js';
import { LocalEncodings } from './local-encodings.js';
import { isActive, show } from './local-stream.js';
import { useSpeaker, ZegoStreamView } from './stream-view.js';
import { detectCapabilities, listAllDevices, listDevices } from './web-devices.js';
import { respond } from './web-response.js';
import { type WebStreams } from './web-streams.js';
import {
  type ZegoAutoSwitchDeviceConfig,
  type ZegoCapabilityDetection,
  type ZegoDeviceInfo,
  type ZegoDeviceInfos,
  type ZegoLocalStreamConfig,
  type ZegoPublishStreamConfig,
  type ZegoServerResponse,
  type ZegoStreamOptions,
  ZegoStreamUpdateType,
  type ZegoWebEvents,
} from './web-types.js';
import { toMediaStream, ZegoLocalStream } from './zego-local-stream.js';

/** What `createStream` or `createZegoStream` returned. */
export type LocalStream = MediaStream | ZegoLocalStream;

/** The calls of the Web SDK for devices, local streams and views. They need no room. */
export abstract class WebLocalMedia {
  protected abstract readonly client: Client;
  protected abstract readonly streams: Pick<WebStreams, 'attach' | 'detach'>;
  protected readonly events = new Emitter<ZegoWebEvents>();
  private readonly volumes = new CaptureVolumes(100);
  private readonly encodings = new LocalEncodings();
  private readonly devices = new DeviceWatch(this.events);
  private readonly deviceSwitch = new DeviceSwitch(
    (mediaStream, track) => this.client.replaceTrack(mediaStream, track),
    (error, deviceName) => this.events.emit('deviceError', toZegoError(error).code, deviceName),
  );

  abstract mutePublishStreamVideo(localStream: LocalStream, mute: boolean): boolean;

  /** The IDs of the streams that are published from a local stream. */
  protected abstract publishedFrom(mediaStream: MediaStream): string[];

  protected maxBitratesOf(mediaStream: MediaStream): { [Kind in MediaKind]?: number } {
    return this.encodings.maxBitratesOf(mediaStream);
  }

  /** Idempotent. */
  protected closeLocalMedia(): void {
    this.volumes.close();
    this.devices.close();
  }

  /** Rejects with a ZegoError. Without a source it captures camera and microphone. */
  async createStream(source?: ZegoLocalStreamConfig): Promise<MediaStream> {
    const request = toCaptureRequest(source);
    const mediaStream = await translated(capture(request.source));
    this.handleCaptured(mediaStream, mediaStream.getTracks(), request);
    return mediaStream;
  }

  createZegoStream(options: ZegoStreamOptions = {}): Promise<ZegoLocalStream> {
    return ZegoLocalStream.create(options, {
      onCaptured: (mediaStream, tracks, request) => this.handleCaptured(mediaStream, tracks, request),
    });
  }

  destroyStream(localStream: LocalStream): void {
    const mediaStream = toMediaStream(localStream);
    assertMediaStream(mediaStream, 'localStream');
    this.volumes.release(mediaStream);
    if (localStream instanceof ZegoLocalStream) {
      localStream.destroy();
    } else {
      mediaStream.getTracks().forEach((track) => track.stop());
    }
  }

  /** Publishes what a ZegoLocalStream captures now. */
  updatePublishingStream(
    zegoStream: LocalStream,
    updateType: ZegoStreamUpdateType = ZegoStreamUpdateType.videoAndAudio,
  ): Promise<ZegoServerResponse> {
    return respond(this.update(toMediaStream(zegoStream), updateType), { media: 'zegoStream' });
  }

  replaceTrack(localStream: LocalStream, mediaStreamTrack: MediaStreamTrack): Promise<ZegoServerResponse> {
    const names = { mediaStream: 'localStream', media: 'localStream', track: 'mediaStreamTrack' };
    return respond(this.client.replaceTrack(toMediaStream(localStream), mediaStreamTrack), names);
  }

  addTrack(localStream: LocalStream, track: MediaStreamTrack): Promise<ZegoServerResponse> {
    const names = { mediaStream: 'localStream', media: 'localStream' };
    return respond(this.client.replaceTrack(toMediaStream(localStream), track), names);
  }

  removeTrack(localStream: LocalStream, track: MediaStreamTrack): Promise<ZegoServerResponse> {
    const names = { mediaStream: 'localStream', media: 'localStream' };
    return respond(this.client.removeTrack(toMediaStream(localStream), track), names);
  }

  /** Sizes apply to the capture, `maxBitrate` (kbit/s) to the encoder. */
  setVideoConfig(
    localStream: LocalStream,
    constraints: ZegoPublishStreamConfig,
  ): Promise<ZegoServerResponse> {
    return respond(this.configureVideo(toMediaStream(localStream), constraints));
  }

  /** `AEC`, `ANS` and `AGC`: echo cancellation, noise suppression and gain control. */
  setAudioConfig(
    localStream: LocalStream,
    constraints: { AEC?: boolean; ANS?: boolean; AGC?: boolean },
  ): Promise<ZegoServerResponse> {
    const configure = async (): Promise<void> => {
      assertKnown(constraints, 'constraints', ['AEC', 'ANS', 'AGC']);
      await constrain(toMediaStream(localStream), 'audio', toAudioConstraints(constraints));
    };
    return respond(configure());
  }

  /** 0 to 100; 100 is unchanged. Replaces the audio track of the stream by an amplified one. */
  setCaptureVolume(localStream: LocalStream, volume: number): Promise<ZegoServerResponse> {
    return respond(this.amplify(toMediaStream(localStream), volume));
  }

  useVideoDevice(localStream: LocalStream, deviceID: string): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'video', { deviceID }));
  }

  useAudioDevice(localStream: LocalStream, deviceID: string): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'audio', { deviceID }));
  }

  useFrontCamera(localStream: LocalStream, enable: boolean): Promise<ZegoServerResponse> {
    return respond(this.useDevice(localStream, 'video', { facingMode: enable ? 'user' : 'environment' }));
  }

  async useAudioOutputDevice(media: HTMLMediaElement, deviceID: string): Promise<boolean> {
    await useSpeaker(media, deviceID);
    return true;
  }

  /** When a device of a published stream is unplugged, the browser's default one takes its place. */
  enableAutoSwitchDevice(config: ZegoAutoSwitchDeviceConfig): void {
    this.deviceSwitch.enable(config);
  }

  /** Stops the camera, or starts it again. Rejects with a ZegoError. */
  async enableVideoCaptureDevice(localStream: LocalStream, enable = true): Promise<boolean> {
    const mediaStream = toMediaStream(localStream);
    assertMediaStream(mediaStream, 'localStream');
    if (enable) {
      await translated(this.useDevice(mediaStream, 'video', {}));
    } else {
      mediaStream
        .getTracks()
        .filter(({ kind }) => kind === 'video')
        .forEach((track) => track.stop());
    }
    this.mutePublishStreamVideo(localStream, !enable);
    return true;
  }

  async checkVideoTrackIsActive(stream: LocalStream): Promise<boolean> {
    return toMediaStream(stream)
      .getTracks()
      .some((track) => track.kind === 'video' && isActive(track));
  }

  async checkAudioTrackIsActive(stream: LocalStream): Promise<boolean> {
    return toMediaStream(stream)
      .getTracks()
      .some((track) => track.kind === 'audio' && isActive(track));
  }

  createLocalStreamView(localStream: LocalStream): ZegoStreamView {
    const mediaStream = toMediaStream(localStream);
    assertMediaStream(mediaStream, 'localStream');
    return new ZegoStreamView(mediaStream, true, (element) => show(mediaStream, element));
  }

  createRemoteStreamView(remoteStream: MediaStream): ZegoStreamView {
    assertMediaStream(remoteStream, 'remoteStream');
    return new ZegoStreamView(
      remoteStream,
      false,
      (element) => this.streams.attach(remoteStream, element),
      (element) => this.streams.detach(remoteStream, element),
    );
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

  private async configureVideo(
    mediaStream: MediaStream,
    constraints: ZegoPublishStreamConfig,
  ): Promise<void> {
    assertKnown(constraints, 'constraints', ['width', 'height', 'frameRate', 'maxBitrate', 'videoQuality']);
    const { videoQuality, ...given } = Object(constraints) as ZegoPublishStreamConfig;
    const preset = presetOfCamera(videoQuality);
    const { frameRate, height, maxBitrate = preset?.kbps, width } = { ...preset, ...given };
    if (maxBitrate !== undefined && !(Number(maxBitrate) > 0)) {
      throw illegalArgument('constraints.maxBitrate', 'expected a number above 0');
    }
    await constrain(mediaStream, 'video', defined({ frameRate, height, width }) as MediaTrackConstraints);
    if (maxBitrate !== undefined) {
      this.encodings.note(mediaStream, { videoKbps: maxBitrate });
      const publishing = this.publishedFrom(mediaStream).map((streamID) =>
        this.client.limitBitrate(streamID, 'video', maxBitrate * 1000),
      );
      await Promise.all(publishing);
    }
  }

  private async amplify(mediaStream: MediaStream, volume: number): Promise<void> {
    assertMediaStream(mediaStream, 'localStream');
    await this.volumes.set(mediaStream, volume, (track) => this.client.replaceTrack(mediaStream, track));
  }

  private async update(mediaStream: MediaStream, updateType: ZegoStreamUpdateType): Promise<void> {
    assertMediaStream(mediaStream, 'mediaStream');
    const kinds = kindsOf(updateType);
    const tracks = mediaStream.getTracks().filter(({ kind }) => kinds.includes(kind as MediaKind));
    for (const track of tracks) {
      // The tracks of a kind that is not captured any more have ended.
      await (track.readyState === 'live'
        ? this.client.replaceTrack(mediaStream, track)
        : this.client.removeTrack(mediaStream, track));
    }
  }

  private async useDevice(
    localStream: LocalStream,
    kind: MediaKind,
    device: Parameters<typeof openTrack>[1],
  ): Promise<void> {
    const mediaStream = toMediaStream(localStream);
    assertMediaStream(mediaStream, 'localStream');
    const former = mediaStream.getTracks().filter((track) => track.kind === kind);
    const next = await openTrack(kind, device);
    await this.client.replaceTrack(mediaStream, next);
    former.forEach((track) => track.stop());
    this.deviceSwitch.watch(mediaStream, [next]);
  }

  private handleCaptured(
    mediaStream: MediaStream,
    tracks: MediaStreamTrack[],
    { encoding, source }: CaptureRequest,
  ): void {
    this.encodings.note(mediaStream, encoding);
    // A device takes the place of a device only, not of a screen or of a source of the application.
    if (source.camera !== undefined) {
      this.deviceSwitch.watch(mediaStream, tracks);
    }
    if (source.screen !== undefined) {
      for (const track of tracks.filter(({ kind }) => kind === 'video')) {
        track.addEventListener('ended', () => this.events.emit('screenSharingEnded', mediaStream));
      }
    }
  }
}

function kindsOf(updateType: ZegoStreamUpdateType): MediaKind[] {
  switch (updateType) {
    case ZegoStreamUpdateType.video:
      return ['video'];
    case ZegoStreamUpdateType.audio:
      return ['audio'];
    case ZegoStreamUpdateType.videoAndAudio:
      return ['audio', 'video'];
    default:
      throw illegalArgument('updateType', 'expected a ZegoStreamUpdateType (0 to 2)');
  }
}
