import { type ClientDump, type Client, type MediaKind } from '@polyroom/sdk';
import { assertChannel, assertMediaStream, assertText, illegalArgument } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { chooseRoom } from './room-chooser.js';
import {
  type ZegoPlayerConfig,
  type ZegoPublishChannel,
  type ZegoPublisherConfig,
  type ZegoRoomMode,
} from './zego-types.js';

/** The stream methods of the native SDKs: by publish channel, and with the codes of multi-room mode. */
export class NativeStreams {
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();

  constructor(
    private readonly client: Client,
    private readonly mode: ZegoRoomMode,
  ) {}

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
    // The core refuses a missing one.
    const media = (config?.mediaStream ?? this.localStreams.get(channel)) as MediaStream;
    await translated(this.client.publish(streamID, { roomId, channel, media }), {
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

  async startPlaying(
    streamID: string,
    view: HTMLMediaElement | null | undefined,
    config: ZegoPlayerConfig | undefined,
  ): Promise<MediaStream> {
    assertText('streamId', streamID, 'streamID');
    if (view !== undefined && view !== null && typeof view !== 'object') {
      throw illegalArgument('view', 'expected a media element');
    }
    const roomId = chooseRoom(this.client, this.mode, config, {
      missing: 'PLAYER_PLAY_STREAM_WHEN_USING_MULTI_ROOM',
      empty: 'PLAYER_PLAY_STREAM_WITH_ROOM_ID_IS_NULL',
    });
    return translated(this.client.subscribe(streamID, { roomId, element: view ?? undefined }), {
      'options.roomId': 'config.roomID',
    });
  }

  private publicationOn(channel: ZegoPublishChannel): ClientDump['publications'][number] | undefined {
    return this.client.dump().publications.find((publication) => publication.channel === +channel);
  }
}
