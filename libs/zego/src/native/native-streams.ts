import { findExtraInfoError } from '@polyroom/contracts/client';
import { type Client, type ClientDump, detectPlatform, type MediaKind } from '@polyroom/sdk';
import { assertChannel, assertMediaStream, assertText, refuseArgument } from '../shared/arguments.js';
import { assertKnown } from '../shared/known-options.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { CanvasViews } from './canvas-views.js';
import { NativeCapture } from './native-capture.js';
import { PlayOutputs } from './play-outputs.js';
import { chooseRoom } from './room-chooser.js';
import {
  type ZegoCanvas,
  type ZegoPlayerConfig,
  ZegoPublishChannel,
  type ZegoPublisherConfig,
  type ZegoRoomMode,
} from './zego-types.js';

const playKinds: MediaKind[] = ['audio', 'video'];

/** ZEGO's options without a counterpart are accepted without effect. */
const publisherOptions = [
  ...['roomID', 'mediaStream', 'forceSynchronousNetworkTime', 'streamCensorshipMode', 'streamCensorFlag'],
  ...['inspectFlag', 'codecNegotiationType', 'streamTitle'],
];
const playerOptions = [
  ...['roomID', 'resourceMode', 'cdnConfig', 'videoCodecID', 'sourceResourceType', 'codecTemplateID'],
  ...['resourceSwitchMode', 'resourceWhenStopPublish', 'customResourceConfig', 'adaptiveSwitch'],
  ...['adaptiveTemplateIDList'],
];

/** A publication that waits for camera and microphone, until the core has it. */
interface Start {
  streamID: string;
  channel: ZegoPublishChannel;
}

/** The stream methods of the native SDKs: by publish channel, and with the codes of multi-room mode. */
export class NativeStreams {
  readonly views = new CanvasViews();
  readonly capture = new NativeCapture();
  readonly outputs: PlayOutputs;
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();
  /** The texts of streams, by publish channel: they may be set before the stream is published. */
  private readonly extraInfos = new Map<ZegoPublishChannel, string>();
  private readonly starts = new Set<Start>();
  private isPreviewing = false;
  private isMicrophoneOff = false;
  private isCameraOff = false;
  private readonly isPlayOff: Record<MediaKind, boolean> = { audio: false, video: false };

  constructor(
    private readonly client: Client,
    private readonly mode: ZegoRoomMode,
  ) {
    this.outputs = new PlayOutputs(client);
  }

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
    assertKnown(config, 'config', publisherOptions);
    const roomId = chooseRoom(this.client, this.mode, config, {
      missing: 'PUBLISHER_PUBLISH_WHEN_USING_MULTI_ROOM',
      empty: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL',
    });
    const start = { streamID, channel };
    const given = config?.mediaStream ?? this.localStreams.get(channel);
    const canCapture = channel === ZegoPublishChannel.Main && detectPlatform().mediaDevices !== undefined;
    const own = given === undefined && canCapture ? await this.openFor(start) : undefined;
    const muted = playKinds.filter((kind) => (kind === 'audio' ? this.isMicrophoneOff : this.isCameraOff));
    // The core refuses a missing one.
    const media = (given ?? own) as MediaStream;
    const extraInfo = this.extraInfos.get(channel);
    const publishing = this.client.publish(streamID, {
      ...{ roomId, channel, media, muted, maxBitrates: this.capture.maxBitratesOf(channel) },
      ...(extraInfo === undefined ? {} : { extraInfo }),
    });
    this.starts.delete(start);
    await translated(publishing, {
      'options.media': 'config.mediaStream',
      'options.roomId': 'config.roomID',
    });
  }

  async stopPublishing(which: ZegoPublishChannel | string): Promise<void> {
    for (const start of this.starts) {
      if (start.streamID === which || start.channel === which) {
        this.starts.delete(start);
      }
    }
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
    this.isPreviewing = !this.localStreams.has(channel);
    const mediaStream = this.localStreams.get(channel) ?? (await this.capture.open(channel));
    if (element !== undefined) {
      element.srcObject = mediaStream;
      element.muted = true;
      element.autoplay = true;
    }
  }

  /** Releases camera and microphone, unless they are published. */
  async stopPreview(): Promise<void> {
    this.isPreviewing = false;
    await this.capture.find();
    this.releaseUnused();
  }

  /** What a channel publishes, or will publish. */
  async findLocalStream(channel: ZegoPublishChannel): Promise<MediaStream | undefined> {
    assertChannel(channel);
    const own = channel === ZegoPublishChannel.Main ? await this.capture.find() : undefined;
    return this.localStreams.get(channel) ?? own;
  }

  /** The ID of the stream that a channel publishes. */
  streamIDOn(channel: ZegoPublishChannel): string | undefined {
    return this.publicationOn(channel)?.streamId;
  }

  /** Now, and when the channel publishes again. */
  async setExtraInfo(extraInfo: string, channel: ZegoPublishChannel): Promise<void> {
    assertChannel(channel);
    const errorName = findExtraInfoError(extraInfo);
    if (errorName !== undefined) {
      throw refuseArgument(errorName, 'extraInfo');
    }
    const streamID = this.streamIDOn(channel);
    if (streamID !== undefined) {
      await translated(this.client.setExtraInfo(streamID, extraInfo));
    }
    this.extraInfos.set(channel, extraInfo);
  }

  extraInfoOf(streamID: string): string {
    const { channel } = this.client.dump().publications.find(({ streamId }) => streamId === streamID) ?? {};
    return channel === undefined ? '' : (this.extraInfos.get(channel as ZegoPublishChannel) ?? '');
  }

  /** Releases what the engine has opened itself. */
  close(): void {
    this.capture.close();
  }

  async startPlaying(
    streamID: string,
    view: HTMLMediaElement | ZegoCanvas | null | undefined,
    config: ZegoPlayerConfig | undefined,
  ): Promise<MediaStream> {
    assertText('streamId', streamID, 'streamID');
    assertKnown(config, 'config', playerOptions);
    const element = this.views.resolve(view, 'view');
    const roomId = chooseRoom(this.client, this.mode, config, {
      missing: 'PLAYER_PLAY_STREAM_WHEN_USING_MULTI_ROOM',
      empty: 'PLAYER_PLAY_STREAM_WITH_ROOM_ID_IS_NULL',
    });
    const mediaStream = await translated(this.client.subscribe(streamID, { roomId, element }), {
      'options.roomId': 'config.roomID',
    });
    if (element !== undefined) {
      this.outputs.add(streamID, element);
    }
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

  /** Opens camera and microphone. The application may stop the stream before the user allows it. */
  private async openFor(start: Start): Promise<MediaStream> {
    this.starts.add(start);
    const mediaStream = await this.capture.open(start.channel).catch((error: unknown) => {
      this.starts.delete(start);
      throw error;
    });
    if (!this.starts.has(start)) {
      this.releaseUnused();
      const details = { streamID: start.streamID, problem: 'stopped' };
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', details);
    }
    return mediaStream;
  }

  /** Releases camera and microphone unless they are published, about to be, or previewed. */
  private releaseUnused(): void {
    const isUsed = this.isPreviewing || this.starts.size > 0;
    if (!isUsed && this.publicationOn(ZegoPublishChannel.Main) === undefined) {
      this.capture.close();
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

  private publicationOn(channel: ZegoPublishChannel): ClientDump['publications'][number] | undefined {
    return this.client.dump().publications.find((publication) => publication.channel === +channel);
  }
}
