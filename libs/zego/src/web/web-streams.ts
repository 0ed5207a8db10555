import { type Client, type MediaKind, PolyroomError } from '@polyroom/sdk';
import { assertMediaStream, assertText, refuseArgument } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { type ZegoWebPlayOption, type ZegoWebPublishOption } from './web-types.js';

const kinds: MediaKind[] = ['audio', 'video'];

/** The stream methods of the Web SDK: by local stream, and playing without a room. */
export class WebStreams {
  /** Local streams by the streams that are published from them. */
  private readonly published = new Map<string, MediaStream>();
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

  /** Returns whether publishing begins; the outcome follows in `publisherStateUpdate`. */
  publish(streamID: string, localStream: MediaStream, option: ZegoWebPublishOption = {}): boolean {
    try {
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
      const starting = translated(this.client.publish(streamID, { roomId, media: localStream, muted }), {
        'options.media': 'localStream',
        'options.roomId': 'publishOption.roomID',
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
    for (const kind of kinds) {
      if (this.isPlayOff[kind] || option[kind] === false) {
        this.client.muteSubscription(streamID, kind, true);
      }
    }
    return mediaStream;
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
