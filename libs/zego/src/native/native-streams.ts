import { capture, type Client, type ClientDump, detectPlatform, type MediaKind } from '@polyroom/sdk';
import { assertChannel, assertMediaStream, assertText } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { CanvasViews } from './canvas-views.js';
import { chooseRoom } from './room-chooser.js';
import {
  type ZegoCanvas,
  type ZegoPlayerConfig,
  ZegoPublishChannel,
  type ZegoPublisherConfig,
  type ZegoRoomMode,
} from './zego-types.js';

const playKinds: MediaKind[] = ['audio', 'video'];

/** The stream methods of the native SDKs: by publish channel, and with the codes of multi-room mode. */
export class NativeStreams {
  readonly views = new CanvasViews();
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();
  /** Camera and microphone that the engine has opened itself. */
  private captured: Promise<MediaStream> | undefined;
  private isMicrophoneOff = false;
  private isCameraOff = false;
  private readonly isPlayOff: Record<MediaKind, boolean> = { audio: false, video: false };

  constructor(
    private readonly client: Client,
    private readonly mode: ZegoRoomMode,
  ) {}

  get isMicrophoneMuted(): boolean {
    return this.isMicrophoneOff;
  }

  setLocalStream(mediaStream: MediaStream | undefined, channel: ZegoPublishChannel): void {
    assertChannel(channel);
    if (mediaStream === undefined || mediaStream === null) {
      this.localStreams.delete(channel);
    } else {
      assertMediaStream(mediaStream, 'mediaStream');
      this.localStreams.set(channel, mediaStream);
    }
  }

  async startPublishing(
    streamID: string,
    channel: ZegoPublishChannel,
    config: ZegoPublisherConfig | undefined,
  ): Promise<void> {
    assertText('streamId', streamID, 'streamID');
    assertChannel(channel);
    const roomId = chooseRoom(this.client, this.mode, config, {
      missing: 'PUBLISHER_PUBLISH_WHEN_USING_MULTI_ROOM',
      empty: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL',
    });
    const given = config?.mediaStream ?? this.localStreams.get(channel);
    const canCapture = channel === ZegoPublishChannel.Main && detectPlatform().mediaDevices !== undefined;
    const own = given === undefined && canCapture ? await this.openCamera() : undefined;
    const muted = playKinds.filter((kind) => (kind === 'audio' ? this.isMicrophoneOff : this.isCameraOff));
    // The core refuses a missing one.
    const media = (given ?? own) as MediaStream;
    await translated(this.client.publish(streamID, { roomId, channel, media, muted }), {
      'options.media': 'config.mediaStream',
      'options.roomId': 'config.roomID',
    });
  }

  async stopPublishing(which: ZegoPublishChannel | string): Promise<void> {
    const streamID = typeof which === 'string' ? which : this.publicationOn(which)?.streamId;
    if (streamID !== undefined) {
      await translated(this.client.unpublish(streamID));
    }
  }

  async mutePublishing(
    kind: MediaKind,
    mute: boolean,
    channel: ZegoPublishChannel,
    roomID: string | undefined,
  ): Promise<void> {
    const publication = this.publicationOn(channel);
    if (publication === undefined) {
      const problem = 'not published';
      const details = { path: 'channel', channel, problem };
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', details, `channel: ${problem}.`);
    }
    await translated(this.client.mute(publication.streamId, kind, mute, roomID), { muted: 'mute' });
  }

  /** The audio of all channels, now and later. */
  async muteMicrophone(mute: boolean): Promise<void> {
    this.isMicrophoneOff = mute;
    await this.muteAll('audio', mute, this.client.dump().publications);
  }

  /** The video of a channel; of streams that are published later too, on the main channel. */
  async enableCamera(enable: boolean, channel: ZegoPublishChannel): Promise<void> {
    assertChannel(channel);
    if (channel === ZegoPublishChannel.Main) {
      this.isCameraOff = !enable;
    }
    const publication = this.publicationOn(channel);
    await this.muteAll('video', !enable, publication === undefined ? [] : [publication]);
  }

  /** Shows the local stream of a channel, and opens camera and microphone if it has none. */
  async startPreview(
    view: HTMLMediaElement | ZegoCanvas | null | undefined,
    channel: ZegoPublishChannel,
  ): Promise<void> {
    assertChannel(channel);
    const element = this.views.resolve(view, 'view');
    const mediaStream = this.localStreams.get(channel) ?? (await this.openCamera());
    if (element !== undefined) {
      element.srcObject = mediaStream;
      element.muted = true;
      element.autoplay = true;
    }
  }

  /** Releases camera and microphone, unless they are published. */
  async stopPreview(): Promise<void> {
    const mediaStream = await this.captured?.catch(() => undefined);
    if (mediaStream !== undefined && this.publicationOn(ZegoPublishChannel.Main) === undefined) {
      this.close();
    }
  }

  /** Releases what the engine has opened itself. */
  close(): void {
    void this.captured?.then(
      (mediaStream) => mediaStream.getTracks().forEach((track) => track.stop()),
      () => undefined,
    );
    this.captured = undefined;
  }

  async startPlaying(
    streamID: string,
    view: HTMLMediaElement | ZegoCanvas | null | undefined,
    config: ZegoPlayerConfig | undefined,
  ): Promise<MediaStream> {
    assertText('streamId', streamID, 'streamID');
    const element = this.views.resolve(view, 'view');
    const roomId = chooseRoom(this.client, this.mode, config, {
      missing: 'PLAYER_PLAY_STREAM_WHEN_USING_MULTI_ROOM',
      empty: 'PLAYER_PLAY_STREAM_WITH_ROOM_ID_IS_NULL',
    });
    const mediaStream = await translated(this.client.subscribe(streamID, { roomId, element }), {
      'options.roomId': 'config.roomID',
    });
    for (const kind of playKinds) {
      if (this.isPlayOff[kind]) {
        this.client.muteSubscription(streamID, kind, true);
      }
    }
    return mediaStream;
  }

  async mutePlaying(streamID: string, kind: MediaKind, mute: boolean): Promise<void> {
    await translated(Promise.resolve().then(() => this.client.muteSubscription(streamID, kind, mute)));
  }

  async muteAllPlaying(kind: MediaKind, mute: boolean): Promise<void> {
    this.isPlayOff[kind] = mute;
    for (const { streamId } of this.client.dump().subscriptions) {
      this.client.muteSubscription(streamId, kind, mute);
    }
  }

  private async muteAll(
    kind: MediaKind,
    mute: boolean,
    publications: ClientDump['publications'],
  ): Promise<void> {
    const muting = publications.map(({ streamId }) => this.client.mute(streamId, kind, mute));
    await translated(Promise.all(muting), { muted: 'mute' });
  }

  private openCamera(): Promise<MediaStream> {
    this.captured ??= translated(capture({})).catch((error: unknown) => {
      this.captured = undefined;
      throw error;
    });
    return this.captured;
  }

  private publicationOn(channel: ZegoPublishChannel): ClientDump['publications'][number] | undefined {
    return this.client.dump().publications.find((publication) => publication.channel === +channel);
  }
}
