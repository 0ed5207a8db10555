import { type Client, type MediaKind, PolyroomError, type VideoLayer } from '@polyroom/sdk';
import { assertMediaStream, assertText, illegalArgument, refuseArgument } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { assertKnown } from '../shared/known-options.js';
import { show } from './local-stream.js';
import { type ZegoWebPlayOption, type ZegoWebPublishOption } from './web-types.js';

const kinds: MediaKind[] = ['audio', 'video'];
const publishOptions: (keyof ZegoWebPublishOption)[] = [
  ...(['roomID', 'extraInfo', 'streamParams', 'videoCodec', 'isSEIStart', 'SEIType', 'enableDTX'] as const),
  ...(['inspectFlag', 'trafficControlFocusOnMode', 'trafficControlMinVideoBitrate'] as const),
  ...(['trafficControlMinVideoMode', 'enableTrafficControl', 'enableAutoSwitchVideoCodec'] as const),
  'forceSynchronousNetworkTime',
];
const playOptions: (keyof ZegoWebPlayOption)[] = [
  ...(['audio', 'video', 'streamType', 'streamParams', 'resourceMode', 'isSEIStart', 'CDNPlayer'] as const),
  ...(['CDNVideo', 'playoutDelayHint', 'jitterBufferTarget', 'enableLowLatency'] as const),
  ...(['customResourceConfig', 'codecTemplateID', 'adaptiveSwitch', 'adaptiveTemplateIDList'] as const),
  ...(['transcodeOnDecodeFail', 'posterType'] as const),
];

/** The stream methods of the Web SDK: by local stream, and playing without a room. */
export class WebStreams {
  /** Local streams by the streams that are published from them. */
  private readonly published = new Map<string, MediaStream>();
  /** Stream IDs by the streams that `play` returned. */
  private readonly played = new WeakMap<MediaStream, string>();
  private readonly muted = new WeakMap<MediaStream, Set<MediaKind>>();
  private isMicrophoneOff = false;
  private readonly isPlayOff: Record<MediaKind, boolean> = { audio: false, video: false };

  constructor(
    private readonly client: Client,
    private readonly isMultiRoom: () => boolean,
    /** A publication that never started. */
    private readonly onRefused: (streamID: string, error: ZegoError, roomID: string | undefined) => void,
  ) {
    client.on('publicationChanged', ({ state, streamId }) => {
      if (state === 'ended') {
        this.published.delete(streamId);
      }
    });
  }

  get isMicrophoneMuted(): boolean {
    return this.isMicrophoneOff;
  }

  /** The IDs of the streams that are published from a local stream. */
  publishedFrom(localStream: MediaStream): string[] {
    return [...this.published].flatMap(([streamID, one]) => (one === localStream ? [streamID] : []));
  }

  /** Returns whether publishing begins; the outcome follows in `publisherStateUpdate`. `maxBitrates`: bits/s. */
  publish(
    streamID: string,
    localStream: MediaStream,
    option: ZegoWebPublishOption = {},
    maxBitrates: { audio?: number; video?: number } = {},
  ): boolean {
    try {
      assertKnown(option, 'publishOption', publishOptions);
      assertText('streamId', streamID, 'streamID');
      assertMediaStream(localStream, 'localStream');
      const roomId = option.roomID ?? (this.isMultiRoom() ? undefined : this.client.dump().rooms[0]?.roomId);
      if (roomId === undefined) {
        throw this.isMultiRoom()
          ? refuseArgument('PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL', 'publishOption.roomID')
          : ZegoError.of('COMMON_NOT_LOGIN_ROOM');
      }
      const wasPublished = this.isPublished(streamID);
      const muted = kinds.filter((kind) => this.isMuted(localStream, kind));
      const { extraInfo } = option;
      const publishing = this.client.publish(streamID, {
        ...{ roomId, media: localStream, muted, maxBitrates },
        ...(extraInfo === undefined ? {} : { extraInfo }),
      });
      const starting = translated(publishing, {
        'options.media': 'localStream',
        'options.roomId': 'publishOption.roomID',
        'options.extraInfo': 'publishOption.extraInfo',
      });
      // The intent exists from the call on, unless the arguments are refused.
      const isStarting = !wasPublished && this.isPublished(streamID);
      if (isStarting) {
        this.published.set(streamID, localStream);
      }
      starting.catch((error: unknown) => {
        if (!isStarting) {
          this.onRefused(streamID, error as ZegoError, option.roomID);
        }
      });
      return isStarting;
    } catch (error) {
      this.onRefused(streamID, error as ZegoError, option.roomID);
      return false;
    }
  }

  unpublish(streamID: string): boolean {
    const isPublished = this.published.has(streamID);
    void this.client.unpublish(streamID).catch(() => undefined);
    return isPublished;
  }

  /** Applies to the streams that are published from the local stream, now and later. */
  mutePublish(localStream: MediaStream, kind: MediaKind, mute: boolean): boolean {
    assertMediaStream(localStream, 'localStream');
    const muted = this.muted.get(localStream) ?? new Set();
    this.muted.set(localStream, muted);
    if (mute) {
      muted.add(kind);
    } else {
      muted.delete(kind);
    }
    this.applyMutes(kind);
    return true;
  }

  muteMicrophone(mute: boolean): boolean {
    this.isMicrophoneOff = mute;
    this.applyMutes('audio');
    return true;
  }

  /** Plays in the rooms that show the stream; if none does yet, in the first one that will. */
  async play(streamID: string, option: ZegoWebPlayOption = {}): Promise<MediaStream> {
    assertText('streamId', streamID, 'streamID');
    assertKnown(option, 'playOption', playOptions);
    const maxLayer = option.streamType === undefined ? undefined : layerOf(option.streamType, 'playOption.');
    const { rooms } = this.client.dump();
    if (rooms.length === 0) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    const showing = rooms.filter(({ streamIds }) => streamIds.includes(streamID));
    const [first, ...others] = showing.length > 0 ? showing : rooms;
    const playing = translated(this.client.subscribe(streamID, { roomId: first!.roomId }));
    for (const { roomId } of others) {
      void this.client.subscribe(streamID, { roomId }).catch(() => undefined);
    }
    const mediaStream = await playing;
    this.played.set(mediaStream, streamID);
    for (const kind of kinds) {
      if (this.isPlayOff[kind] || option[kind] === false) {
        this.client.muteSubscription(streamID, kind, true);
      }
    }
    if (maxLayer !== undefined) {
      this.client.limitVideo(streamID, maxLayer);
    }
    return mediaStream;
  }

  /** 0: the smallest layer, 1: the largest one, 2: by the network. */
  async choosePlayLayer(streamID: string, streamType: number): Promise<boolean> {
    const maxLayer = layerOf(streamType, '');
    await translated(Promise.resolve().then(() => this.client.limitVideo(streamID, maxLayer)));
    return true;
  }

  setExtraInfo(streamID: string, extraInfo: string): Promise<void> {
    return this.client.setExtraInfo(streamID, extraInfo);
  }

  /** Shows a stream of `play` in an element; if the browser blocks it, `autoplayFailed` follows. */
  attach(remoteStream: MediaStream, element: HTMLVideoElement): void {
    const streamID = this.played.get(remoteStream);
    if (streamID === undefined || !this.isPlayed(streamID)) {
      show(remoteStream, element);
    } else {
      this.client.attach(streamID, element);
    }
  }

  detach(remoteStream: MediaStream, element: HTMLVideoElement): void {
    const streamID = this.played.get(remoteStream);
    if (streamID !== undefined) {
      this.client.detach(streamID, element);
    }
  }

  async mutePlay(streamID: string, kind: MediaKind, mute: boolean): Promise<boolean> {
    await translated(Promise.resolve().then(() => this.client.muteSubscription(streamID, kind, mute)));
    return true;
  }

  muteAllPlay(kind: MediaKind, mute: boolean): boolean {
    this.isPlayOff[kind] = mute;
    this.client
      .dump()
      .subscriptions.forEach(({ streamId }) => this.client.muteSubscription(streamId, kind, mute));
    return true;
  }

  private isPublished(streamID: string): boolean {
    return this.client.dump().publications.some(({ streamId }) => streamId === streamID);
  }

  private isPlayed(streamID: string): boolean {
    return this.client.dump().subscriptions.some(({ streamId }) => streamId === streamID);
  }

  private isMuted(localStream: MediaStream, kind: MediaKind): boolean {
    return (kind === 'audio' && this.isMicrophoneOff) || (this.muted.get(localStream)?.has(kind) ?? false);
  }

  private applyMutes(kind: MediaKind): void {
    for (const [streamID, localStream] of this.published) {
      const muting = this.client.mute(streamID, kind, this.isMuted(localStream, kind));
      // Applied locally at once. A stream that ends meanwhile needs no mute.
      muting.catch((error: unknown) => PolyroomError.from(error, 'PUBLISHER_INNER_ERROR'));
    }
  }
}

/** The largest layer for ZEGO's number. The network may require a smaller one in any case. */
function layerOf(streamType: number, path: string): VideoLayer | undefined {
  switch (streamType) {
    case 0:
      return 0;
    case 1:
    case 2:
      return undefined;
    default:
      throw illegalArgument(`${path}streamType`, 'expected 0 (small), 1 (big) or 2 (by the network)');
  }
}
