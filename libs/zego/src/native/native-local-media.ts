import { capture, type Client } from '@polyroom/sdk';
import { assertListener } from '../shared/arguments.js';
import { translated } from '../shared/zego-error.js';
import { type NativeStreams } from './native-streams.js';
import { type ZegoCanvas, ZegoPublishChannel, type ZegoStreamSource } from './zego-types.js';

/** The calls of the native SDKs for devices, local streams and views. */
export abstract class NativeLocalMedia {
  protected abstract readonly client: Client;
  protected abstract readonly streams: NativeStreams;

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
}
