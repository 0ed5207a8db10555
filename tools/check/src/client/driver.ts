import { type Client, type ClientDump, type ClientOptions } from '@polyroom/sdk';
import { type Call, type CallFailure } from './calls.js';

/** What a client shows to its application. */
export interface ClientView {
  sockets: number;
  rooms: ClientDump['rooms'];
  publications: ClientDump['publications'];
  subscriptions: ClientDump['subscriptions'];
  /** By room: the other members. */
  members: Record<string, string[]>;
  /** By room: streams of others, with their muted kinds. */
  streams: Record<string, string[]>;
  /** By room and key, as reported; own changes are not. */
  attributes: Record<string, Record<string, string>>;
  /** By room, in the order of their arrival. */
  messages: Record<string, string[]>;
  /** Rooms of which messages are missing. */
  messagesLost: string[];
  /** Frames shown so far, by played stream. Only in pages. */
  frames: Record<string, number>;
  /** Changes of rooms that the application did not ask for. */
  unexpected: string[];
}

/** Calls one client of the SDK. */
export interface Driver {
  /** Never rejects. */
  call(call: Call): Promise<CallFailure | undefined>;
  view(): ClientView;
  close(): Promise<void>;
}

export interface DriverOptions {
  /** The class of the SDK. */
  Client: typeof Client;
  client: ClientOptions;
  userId: string;
  /** A new stream of audio and video. Synchronous, so that it does not change the order of the calls. */
  openMedia: () => MediaStream;
}

/** Runs in Node.js and, by its text, in pages: uses nothing from outside of it. */
export function createDriver({ Client, client: clientOptions, openMedia, userId }: DriverOptions): Driver {
  const client = new Client(clientOptions);
  const media = new Map<string, MediaStream>();
  const attributes: ClientView['attributes'] = {};
  const messages: ClientView['messages'] = {};
  const messagesLost: string[] = [];
  const frames: ClientView['frames'] = {};
  const unexpected: string[] = [];
  const videos = new Map<string, HTMLVideoElement>();

  client.on('attributesChanged', ({ attributes: changed, roomId }) => {
    const known = (attributes[roomId] ??= {});
    changed.forEach(({ key, value }) => (known[key] = value));
  });
  client.on('messagesReceived', ({ messages: received, roomId }) => {
    (messages[roomId] ??= []).push(...received.map(({ text }) => text));
  });
  client.on('messagesLost', ({ roomId }) => messagesLost.push(roomId));
  client.on('roomStateChanged', ({ change, error, roomId }) => {
    if (change === 'removed' || change === 'reconnectFailed') {
      unexpected.push(`${roomId} ${change}: ${error?.errorName}`);
    }
  });

  /** In pages, played streams are shown. */
  function elementOf(streamId: string): HTMLVideoElement | undefined {
    if (typeof document === 'undefined') {
      return undefined;
    }
    const present = videos.get(streamId);
    if (present !== undefined) {
      return present;
    }
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    document.body.append(video);
    videos.set(streamId, video);
    const count = (): void => {
      frames[streamId] = (frames[streamId] ?? 0) + 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    return video;
  }

  function describe({ mutedKinds, streamId }: { streamId: string; mutedKinds: string[] }): string {
    return [streamId, ...[...mutedKinds].sort()].join(' ');
  }

  async function perform(call: Call): Promise<unknown> {
    switch (call.kind) {
      case 'join':
        return client.join(call.roomId, { user: { userId, userName: userId } });
      case 'leave':
        return client.leave(call.roomId);
      case 'publish': {
        const mediaStream = openMedia();
        const former = media.get(call.streamId);
        const publishing = client.publish(call.streamId, { roomId: call.roomId, media: mediaStream });
        media.set(call.streamId, mediaStream);
        return publishing.catch((error: unknown) => {
          // The stream that is published already keeps its media.
          if (Object(error).errorName === 'PUBLISHER_REPETITIVE_PUBLISH_STREAM' && former !== undefined) {
            media.set(call.streamId, former);
          }
          throw error;
        });
      }
      case 'unpublish':
        return client.unpublish(call.streamId);
      case 'share':
        return client.share(call.streamId, call.roomId);
      case 'unshare':
        return client.unshare(call.streamId, call.roomId);
      case 'mute':
        return client.mute(call.streamId, call.media, call.muted, call.roomId);
      case 'subscribe':
        return client.subscribe(call.streamId, { roomId: call.roomId, element: elementOf(call.streamId) });
      case 'unsubscribe':
        return client.unsubscribe(call.streamId, call.roomId);
      case 'send':
        return client.send(call.roomId, call.text);
      case 'setAttribute':
        return client.setAttribute(call.roomId, call.key, call.value);
      case 'endDevice':
        for (const track of media.get(call.streamId)?.getTracks() ?? []) {
          if ('remoteStop' in track) {
            (track as { remoteStop(): void }).remoteStop();
          } else {
            // `stop` alone is not reported to the application; a device that ends is.
            track.stop();
            track.dispatchEvent(new Event('ended'));
          }
        }
        return undefined;
    }
  }

  return {
    async call(call) {
      try {
        await perform(call);
        return undefined;
      } catch (error) {
        const { details, errorName, message } = Object(error) as {
          details?: { problem?: string };
          errorName?: string;
          message?: string;
        };
        return {
          type: String((error as object | undefined)?.constructor?.name),
          ...(errorName === undefined ? {} : { errorName }),
          ...(details?.problem === undefined ? {} : { problem: details.problem }),
          message: String(message),
        };
      }
    },
    view() {
      const { publications, rooms, sockets, subscriptions } = client.dump();
      return {
        sockets,
        rooms,
        publications,
        subscriptions,
        members: Object.fromEntries(
          rooms.map(({ roomId }) => [roomId, client.members(roomId).map((member) => member.userId)]),
        ),
        streams: Object.fromEntries(
          rooms.map(({ roomId }) => [roomId, client.streams(roomId).map(describe)]),
        ),
        attributes,
        messages,
        messagesLost,
        frames,
        unexpected,
      };
    },
    close: () => client.close(),
  };
}
