import { type HandlerFactory, type Platform } from './platform/platform.js';
import { type PolyroomError } from './polyroom-error.js';
import { type QualityEvents } from './quality/quality-types.js';

/** Up to four streams of audio and video at once, each with its own encoder. */
export type PublishChannel = 0 | 1 | 2 | 3;

// Public types do not refer to schemas: the published types would need Zod.

export interface User {
  userId: string;
  userName: string;
}

export type MediaKind = 'audio' | 'video';

/** Layers of a simulcast video: a quarter, half and all of its width. */
export type VideoLayer = 0 | 1 | 2;

export interface ClientOptions {
  appId: number;
  /** 64 hexadecimal characters, for development; omit it if joins carry a token. */
  appSign?: string;
  /** `ws://…` or `http://…` addresses of gateways; the client tries the next one when one fails. */
  server: string | string[];
  /** `single`: one room at a time. `multi` by default. */
  roomMode?: 'single' | 'multi';
  /**
   * Returns a token for a room: for a join without one, for every join after the session was lost, and when a
   * token is about to expire.
   */
  tokenProvider?: (roomId: string) => string | Promise<string>;
  /** How long to try to restore a lost connection before a room is left; 1200 by default. */
  roomRetryTimeSeconds?: number;
  /** How long to retry media that does not connect before streams end with 1003021 or 1004021; 300 by default. */
  mediaRetryTimeSeconds?: number;
  /** A WebRTC implementation for platforms without a built-in one (a mediasoup-client handler). */
  handlerFactory?: HandlerFactory;
  /** Replaces parts of the runtime. */
  platform?: Partial<Platform>;
}

export interface JoinOptions {
  /** The same in all rooms. */
  user: User;
  token?: string;
  /** Set by the first join of a room; 0 = no limit. */
  maxMembers?: number;
  /** Whether to emit `membersJoined` and `membersLeft`; true by default. */
  memberEvents?: boolean;
  /** Subscribe only, regardless of the token's grants. */
  listenOnly?: boolean;
  /** Leaves the room again if it is aborted before the room is entered. */
  signal?: AbortSignal;
}

export type MoveOptions = Omit<JoinOptions, 'user' | 'signal'>;

/** A room that was entered. */
export interface JoinedRoom {
  roomId: string;
  /** Identifies the lifetime of the room: a room that ends and is created again gets another one. */
  roomSessionId: string;
}

export interface PublishOptions {
  /** The first room that shows the stream; `share` adds others. */
  roomId: string;
  media: MediaStream;
  /** The first free one by default. */
  channel?: PublishChannel;
  /** Kinds that start muted in all rooms. */
  muted?: MediaKind[];
  /** A text of the application, up to 1024 bytes: members get it with the stream. `setExtraInfo` changes it. */
  extraInfo?: string;
  /** The most to send of each kind, in bits per second; `limitBitrate` changes it. */
  maxBitrates?: { audio?: number; video?: number };
  /** Stops the stream if it is aborted before the servers have accepted it. */
  signal?: AbortSignal;
}

export interface SubscribeOptions {
  /** The room on whose behalf the stream is played. */
  roomId: string;
  /** Shows the stream here. */
  element?: HTMLMediaElement | undefined;
  /** Stops playing in the room if it is aborted before the stream plays. */
  signal?: AbortSignal;
}

export interface SendBytesOptions {
  /** User IDs; empty or omitted: all members. */
  to?: string[];
  /** Members, the application's server, or both; members by default. */
  target?: 'clients' | 'server' | 'both';
  /** 10 000 by default. */
  timeoutMs?: number;
}

export interface SentMessage {
  messageId: number;
}

/** The result of one room when a message is sent to several. */
export type SentToRoom = { roomId: string } & ({ messageId: number } | { error: PolyroomError });

/** A stream that a room shows. */
export interface RoomStreamInfo {
  streamId: string;
  user: User;
  extraInfo: string;
  kinds: (MediaKind | 'data')[];
  /** Kinds that the members do not receive: the publisher or an operator mutes them in this room. */
  mutedKinds: MediaKind[];
}

/** One attribute of a room. An empty value means that it was deleted. */
export interface AttributeInfo {
  key: string;
  value: string;
  /** Empty if the application's server set it. */
  updatedByUserId: string;
  /** Unix time in ms. */
  updatedAtMs: number;
}

/** A text message. */
export interface ReceivedMessage<Id = number> {
  messageId: Id;
  text: string;
  from: User;
  /** Unix time in ms. */
  sentAtMs: number;
}

export type RoomState = 'joining' | 'joined' | 'reconnecting' | 'left';

/** What happened to a room. */
export type RoomChange =
  | 'joining'
  | 'joined'
  | 'joinFailed'
  | 'reconnecting'
  | 'rejoined'
  | 'reconnectFailed'
  /** Removed by an operator, the application's server or the cluster. */
  | 'removed'
  /** The application leaves: nothing is published, played or received there from now on. */
  | 'leaving'
  | 'left';

export interface RoomStateInfo {
  roomId: string;
  state: RoomState;
  change: RoomChange;
  /** The cause of `joinFailed`, `reconnecting`, `reconnectFailed` and `removed`. */
  error?: PolyroomError;
  /** The operator's text, with `removed`. */
  reason?: string;
  /** With `joined`. */
  roomSessionId?: string;
  /** With `joined`: the application's server has moved the user here from this room. */
  movedFrom?: string;
  /** With `removed`: the application's server has moved the user to this room. */
  movedTo?: string;
}

/** `pending`: starting, or interrupted and being restored. */
export type MediaState = 'pending' | 'active' | 'ended';

export interface PublicationInfo {
  streamId: string;
  state: MediaState;
  /** The rooms that show it, or will show it again. */
  roomIds: string[];
  /** Why it is pending or ended, or a track ended. Omitted if the application ended it. */
  error?: PolyroomError;
  /** Kinds whose tracks have all ended, omitted if there are none; the other kinds are still published. */
  endedKinds?: MediaKind[];
  /**
   * Kinds that the system mutes, as during a phone call, omitted if there are none: viewers receive silence, or no
   * video. They continue by themselves.
   */
  interruptedKinds?: MediaKind[];
}

export interface SubscriptionInfo {
  streamId: string;
  state: MediaState;
  /** The rooms for which it plays; while it plays for none, the rooms for which it waits. */
  roomIds: string[];
  error?: PolyroomError;
}

/** Events of the client; a type alias, because an interface is not assignable to an event map. */
export type ClientEvents = QualityEvents & {
  roomStateChanged: [info: RoomStateInfo];
  /** The first one after a join lists the present members, without this user. */
  membersJoined: [info: { roomId: string; members: User[] }];
  membersLeft: [info: { roomId: string; members: User[] }];
  memberCountChanged: [info: { roomId: string; count: number }];
  /** Streams of other users. The first one after a join lists the present streams. */
  streamsAdded: [info: { roomId: string; streams: RoomStreamInfo[] }];
  /** `reason` is ZEGO's stream_delete_reason: 1 stopped, 2 heartbeat, 3 other login, 4 kicked, 5 disconnected, 6 server. */
  streamsRemoved: [info: { roomId: string; streams: RoomStreamInfo[]; reason: number }];
  /** A stream of another user has another text, or other kinds of it are muted in the room. */
  streamChanged: [info: { roomId: string; stream: RoomStreamInfo; former: RoomStreamInfo }];
  attributesChanged: [info: { roomId: string; attributes: AttributeInfo[] }];
  /** The kinds of a stream, own streams included, that an operator mutes in the room; an empty list ends the mute. */
  streamMutedByOperator: [info: { roomId: string; streamId: string; kinds: MediaKind[] }];
  /** The token of a room expires in 30 s or less. Without `renewToken` the user is removed (1002056). */
  tokenWillExpire: [info: { roomId: string; remainingSeconds: number }];
  publicationChanged: [info: PublicationInfo];
  subscriptionChanged: [info: SubscriptionInfo];
  /** The browser plays no audio of the stream before the user interacts with the page: ask for a click. */
  playbackBlocked: [info: { streamId: string }];
  /** A blocked stream plays: after a gesture of the user, or `resumePlayback`. */
  playbackUnblocked: [info: { streamId: string }];
  /** At most 50 messages, in the order of the room. */
  messagesReceived: [info: { roomId: string; messages: ReceivedMessage[] }];
  /** Messages that may be lost; at most 50. */
  droppableMessagesReceived: [info: { roomId: string; messages: ReceivedMessage<string>[] }];
  commandReceived: [info: { roomId: string; messageId: number; from: User; text: string }];
  bytesReceived: [info: { roomId: string; messageId: number; from: User; bytes: Uint8Array }];
  /** An operator or the application's server deleted a message, of any user and kind: remove it from the view. */
  messageDeleted: [info: { roomId: string; messageId: number }];
  /** Messages of the room were missed during a disconnection and are no longer stored. */
  messagesLost: [info: { roomId: string }];
  /** A message of a data stream. */
  dataReceived: [info: { roomId: string; streamId: string; data: ArrayBuffer }];
  /** Messages of a data stream may be missing before the next one. */
  dataInterrupted: [info: { roomId: string; streamId: string }];
};

/** Current state of the client, for debugging and tests. */
export interface ClientDump {
  rooms: { roomId: string; state: Exclude<RoomState, 'left'>; userIds: string[]; streamIds: string[] }[];
  publications: { streamId: string; channel: PublishChannel; state: MediaState; roomIds: string[] }[];
  subscriptions: { streamId: string; state: MediaState; roomIds: string[]; trackIds: string[] }[];
  peerConnections: { send: number; recv: number };
  sockets: number;
}

/** Data streams: ordered and complete messages over the media connection. */
export interface DataApi {
  /**
   * Shows a data stream in the room. A stream that is already published in another room is shown here too: data
   * is sent once.
   */
  publish(streamId: string, roomId: string): Promise<void>;
  /** Removes the stream from the room; removing it from its last room ends it. */
  unpublish(streamId: string, roomId: string): Promise<void>;
  /** Sends to all subscribers of the stream, in any of its rooms. Throws if the message cannot be sent. */
  send(streamId: string, roomId: string, data: ArrayBuffer | ArrayBufferView): void;
  /** Messages sent after this resolves are received. Waits for a stream that is not shown yet. */
  subscribe(streamId: string, roomId: string): Promise<void>;
  unsubscribe(streamId: string, roomId: string): Promise<void>;
  /** Ends what is published and subscribed in a room. */
  stopAll(roomId: string): Promise<void>;
}
