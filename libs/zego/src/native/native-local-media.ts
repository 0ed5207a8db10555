import { capture, type Client } from '@polyroom/sdk';
import { assertChannel, assertListener, illegalArgument } from '../shared/arguments.js';
import { CaptureVolumes } from '../shared/capture-volumes.js';
import { openTrack } from '../shared/local-tracks.js';
import { toFailure, toZegoError, translated } from '../shared/zego-error.js';
import { type AudioProcessing } from './native-capture.js';
import { type NativeStreams } from './native-streams.js';
import { type ZegoAudioConfig, type ZegoVideoConfig } from './zego-media-config.js';
import {
  type ZegoCanvas,
  ZegoPublishChannel,
  type ZegoPublisherSetStreamExtraInfoResult,
  type ZegoStreamSource,
  ZegoVideoStreamType,
} from './zego-types.js';

/** The calls of the native SDKs for devices, local streams and views. */
export abstract class NativeLocalMedia {
  protected abstract readonly client: Client;
  protected abstract readonly streams: NativeStreams;
  private readonly volumes = new CaptureVolumes(200);

  protected abstract assertCreated(): void;

  /** Captures camera and microphone, the screen, or a source of the application. Rejects with a ZegoError. */
  async createStream(source: ZegoStreamSource = {}): Promise<MediaStream> {
    return translated(capture(source));
  }

  /** Stops the tracks of a stream that `createStream` returned. */
  destroyStream(mediaStream: MediaStream): void {
    mediaStream.getTracks().forEach((track) => track.stop());
  }

  /** Sets what `startPublishingStream` sends on this channel if its config names no stream. */
  setLocalStream(mediaStream: MediaStream | undefined, channel = ZegoPublishChannel.Main): void {
    this.streams.setLocalStream(mediaStream, channel);
  }

  /**
   * Replaces the track of its kind in a stream, or adds it: a camera that is turned on during an audio-only
   * stream reaches its current viewers. Rejects with a ZegoError.
   */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    await translated(this.client.replaceTrack(mediaStream, track), { media: 'mediaStream' });
  }

  /** Mutes the microphone for all channels, those that are published later too. */
  async muteMicrophone(mute: boolean): Promise<void> {
    this.assertCreated();
    await this.streams.muteMicrophone(mute);
  }

  async isMicrophoneMuted(): Promise<boolean> {
    return this.streams.isMicrophoneMuted;
  }

  /** Sends the video of a channel, or stops sending it. */
  async enableCamera(enable: boolean, channel: ZegoPublishChannel = ZegoPublishChannel.Main): Promise<void> {
    this.assertCreated();
    await this.streams.enableCamera(enable, channel);
  }

  /** Shows the local stream, and opens camera and microphone if `setLocalStream` has set none. */
  async startPreview(
    view?: HTMLMediaElement | ZegoCanvas | null,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
  ): Promise<void> {
    this.assertCreated();
    await this.streams.startPreview(view, channel);
  }

  async stopPreview(): Promise<void> {
    await this.streams.stopPreview();
  }

  /** Creates a video element for `ZegoCanvas`; add it to the page. */
  createCanvasView(onViewCreated: (viewID: number) => void): HTMLVideoElement {
    assertListener(onViewCreated);
    return this.streams.views.create(onViewCreated);
  }

  async destroyCanvasView(viewID: number): Promise<boolean> {
    return this.streams.views.destroy(viewID);
  }

  /** The text of the stream on a channel, for the members of all its rooms; now or when it is published. Never rejects. */
  async setStreamExtraInfo(
    extraInfo: string,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
  ): Promise<ZegoPublisherSetStreamExtraInfoResult> {
    try {
      await this.streams.setExtraInfo(extraInfo, channel);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toZegoError(error));
    }
  }

  /** The captured size and frame rate, and the most to send. */
  async setVideoConfig(
    config: Partial<ZegoVideoConfig>,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
  ): Promise<void> {
    this.assertCreated();
    assertOptions(config, 'config');
    const mediaStream = await this.streams.findLocalStream(channel);
    await this.streams.capture.setVideo(config, channel, mediaStream);
    await this.limitBitrates(channel);
  }

  async getVideoConfig(channel: ZegoPublishChannel = ZegoPublishChannel.Main): Promise<ZegoVideoConfig> {
    assertChannel(channel);
    return this.streams.capture.videoConfigOf(channel);
  }

  /** The most to send. Channels apply to the microphone that the engine opens next. */
  async setAudioConfig(
    config: Partial<ZegoAudioConfig>,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
  ): Promise<void> {
    this.assertCreated();
    assertOptions(config, 'config');
    assertChannel(channel);
    this.streams.capture.setAudio(config, channel);
    await this.limitBitrates(channel);
  }

  async getAudioConfig(channel: ZegoPublishChannel = ZegoPublishChannel.Main): Promise<ZegoAudioConfig> {
    assertChannel(channel);
    return this.streams.capture.audioConfigOf(channel);
  }

  /** 0 to 200; 100 is unchanged. */
  async setCaptureVolume(volume: number): Promise<void> {
    this.assertCreated();
    const mediaStream = await this.streams.findLocalStream(ZegoPublishChannel.Main);
    if (mediaStream === undefined) {
      throw illegalArgument('volume', 'the main channel has no stream yet');
    }
    await translated(
      this.volumes.set(mediaStream, volume, (track) => this.client.replaceTrack(mediaStream, track)),
    );
  }

  /** Echo cancellation of the microphone, open or opened later. */
  enableAEC(enable: boolean): Promise<void> {
    return this.process('echoCancellation', enable);
  }

  /** Automatic gain control. */
  enableAGC(enable: boolean): Promise<void> {
    return this.process('autoGainControl', enable);
  }

  /** Noise suppression. */
  enableANS(enable: boolean): Promise<void> {
    return this.process('noiseSuppression', enable);
  }

  /** Releases the microphone of the main channel, or opens it again. */
  async enableAudioCaptureDevice(enable: boolean): Promise<void> {
    this.assertCreated();
    const mediaStream = await this.streams.findLocalStream(ZegoPublishChannel.Main);
    const former = mediaStream?.getTracks().filter(({ kind }) => kind === 'audio') ?? [];
    if (mediaStream === undefined || enable === former.some(({ readyState }) => readyState === 'live')) {
      return;
    }
    if (enable) {
      await translated(this.client.replaceTrack(mediaStream, await translated(openTrack('audio', {}))));
    } else {
      for (const track of former) {
        await translated(this.client.removeTrack(mediaStream, track));
        track.stop();
      }
    }
  }

  async useFrontCamera(
    enable: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
  ): Promise<void> {
    this.assertCreated();
    const mediaStream = await this.streams.findLocalStream(channel);
    if (mediaStream === undefined) {
      throw illegalArgument('channel', 'it has no stream yet');
    }
    const former = mediaStream.getTracks().filter(({ kind }) => kind === 'video');
    const facingMode = enable ? 'user' : 'environment';
    const track = await translated(openTrack('video', { facingMode }));
    await translated(this.client.replaceTrack(mediaStream, track));
    former.forEach((one) => one.stop());
  }

  /** Of the elements that show a played stream, 0 to 200; browsers play at most 100. */
  async setPlayVolume(streamID: string, volume: number): Promise<void> {
    this.streams.outputs.setVolume(streamID, volume);
  }

  async setAllPlayStreamVolume(volume: number): Promise<void> {
    this.streams.outputs.setVolumeOfAll(volume);
  }

  /** Of the elements that show played streams, those of later ones too. */
  async muteSpeaker(mute: boolean): Promise<void> {
    this.streams.outputs.muteSpeaker(mute);
  }

  async isSpeakerMuted(): Promise<boolean> {
    return this.streams.outputs.isSpeakerMuted;
  }

  /** The layer of a simulcast video to receive. */
  async setPlayStreamVideoType(streamID: string, streamType: ZegoVideoStreamType): Promise<void> {
    if (ZegoVideoStreamType[streamType] === undefined) {
      throw illegalArgument('streamType', 'expected a ZegoVideoStreamType (0 to 2)');
    }
    const layer = streamType === ZegoVideoStreamType.Small ? 0 : undefined;
    await translated(Promise.resolve().then(() => this.client.limitVideo(streamID, layer)));
  }

  /** Idempotent. */
  protected closeLocalMedia(): void {
    this.volumes.close();
    this.streams.close();
  }

  private async process(name: AudioProcessing, enable: boolean): Promise<void> {
    this.assertCreated();
    const mediaStream = await this.streams.findLocalStream(ZegoPublishChannel.Main);
    await this.streams.capture.setProcessing(name, enable, mediaStream);
  }

  /** Of the stream that a channel publishes now. */
  private async limitBitrates(channel: ZegoPublishChannel): Promise<void> {
    const streamID = this.streams.streamIDOn(channel);
    const { audio, video } = this.streams.capture.maxBitratesOf(channel);
    for (const [kind, bitsPerSecond] of [['audio', audio] as const, ['video', video] as const]) {
      if (streamID !== undefined && bitsPerSecond !== undefined) {
        await translated(this.client.limitBitrate(streamID, kind, bitsPerSecond));
      }
    }
  }
}

function assertOptions(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) {
    throw illegalArgument(path, 'expected an object');
  }
}
