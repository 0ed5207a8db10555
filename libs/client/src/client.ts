import { abortable } from './abort.js';
import { assertKnown, assertListener } from './arguments.js';
import { ClientParts } from './client-parts.js';
import {
  type ClientDump,
  type ClientEvents,
  type ClientOptions,
  type DataApi,
  type JoinedRoom,
  type JoinOptions,
  type MediaKind,
  type MoveOptions,
  type PublishOptions,
  type RoomStreamInfo,
  type SendBytesOptions,
  type SentMessage,
  type SentToRoom,
  type SubscribeOptions,
  type User,
  type VideoLayer,
} from './client-types.js';
import { optionNames } from './option-names.js';
import { PolyroomError } from './polyroom-error.js';

/**
 * One user on one device: one socket, at most one peer connection per direction, and any number of rooms. Every
 * method throws or rejects with a `PolyroomError`. Calls need not be awaited: those that concern the same room
 * or stream take effect in call order, and each settles with its own outcome.
 */
export class Client {
  private readonly parts: ClientParts;
  private closed = false;

  constructor(options: ClientOptions) {
    this.parts = new ClientParts(options);
  }

  /** Returns a function that removes the listener. */
  on<Name extends keyof ClientEvents>(
    event: Name,
    listener: (...args: ClientEvents[Name]) => void,
  ): () => void {
    assertListener(listener);
    return this.parts.listeners.on(event, listener);
  }

  /** Same as `on`, for the next event only. */
  once<Name extends keyof ClientEvents>(
    event: Name,
    listener: (...args: ClientEvents[Name]) => void,
  ): () => void {
    assertListener(listener);
    return this.parts.listeners.once(event, listener);
  }

  /** Removes one listener, or all listeners of the application if `listener` is omitted. */
  off<Name extends keyof ClientEvents>(event: Name, listener?: (...args: ClientEvents[Name]) => void): void {
    this.parts.listeners.off(event, listener);
  }

  /** Opens the connection before the first join, which does it otherwise. */
  async connect(): Promise<void> {
    this.assertOpen();
    await this.parts.connect();
  }

  /** Enters a room. */
  async join(roomId: string, options: JoinOptions): Promise<JoinedRoom> {
    this.assertOpen();
    assertKnown(options, 'options', optionNames.join);
    const { signal, ...others } = Object(options) as JoinOptions;
    return abortable(signal, (onIntent) => this.parts.moves.join(roomId, others, onIntent));
  }

  /** Leaves one room, or all rooms if none is named. The room is left locally even without a connection. */
  async leave(roomId?: string): Promise<void> {
    this.assertOpen();
    await this.parts.moves.leave(roomId);
  }

  /** Leaves one room for another in one step; streams of other rooms are not affected. */
  async move(fromRoomId: string, toRoomId: string, options: MoveOptions = {}): Promise<JoinedRoom> {
    this.assertOpen();
    assertKnown(options, 'options', optionNames.move);
    return this.parts.moves.move(fromRoomId, toRoomId, options);
  }

  /** Sets an attribute of the room for all its members; an empty value deletes it. */
  async setAttribute(roomId: string, key: string, value: string): Promise<void> {
    this.assertOpen();
    await this.parts.rooms.setAttribute(roomId, key, value);
  }

  /** Replaces the token of a room, and of the other rooms that the new one names. */
  async renewToken(roomId: string, token: string): Promise<void> {
    this.assertOpen();
    await this.parts.tokens.renew(roomId, token);
  }

  /** Publishes a stream into one room; `share` adds others. */
  async publish(streamId: string, options: PublishOptions): Promise<void> {
    this.assertOpen();
    assertKnown(options, 'options', optionNames.publish);
    const { signal } = Object(options) as PublishOptions;
    await abortable(signal, (onIntent) => this.parts.publishing.start(streamId, options, onIntent));
  }

  /** Stops a stream in all its rooms. A stream that is not published is no error. */
  async unpublish(streamId: string): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.stop(streamId);
  }

  /** Shows a published stream in one more room, without a second encode or uplink. */
  async share(streamId: string, roomId: string): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.share(streamId, roomId);
  }

  /** Removes a stream from a room; removing it from its last room ends it. */
  async unshare(streamId: string, roomId: string): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.unshare(streamId, roomId);
  }

  /** Mutes one kind of a stream in one room, or in all rooms. Applies locally at once. */
  async mute(streamId: string, kind: MediaKind, muted: boolean, roomId?: string): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.mute(streamId, kind, muted, roomId);
  }

  /** Sets the text of a published stream in all its rooms; empty: none. */
  async setExtraInfo(streamId: string, extraInfo: string): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.settings.setExtraInfo(streamId, extraInfo);
  }

  /** Limits what is sent of one kind of a stream. A simulcast video's smaller layers shrink with the largest one. */
  async limitBitrate(streamId: string, kind: MediaKind, bitsPerSecond: number): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.settings.limitBitrate(streamId, kind, bitsPerSecond);
  }

  /** Removes a track from a stream; the last track of a stream ends what is published from it. */
  async removeTrack(media: MediaStream, track: MediaStreamTrack): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.tracks.removeTrack(media, track);
  }

  /** Replaces the track of its kind in a stream, or adds it; current viewers receive it. */
  async replaceTrack(media: MediaStream, track: MediaStreamTrack): Promise<void> {
    this.assertOpen();
    await this.parts.publishing.tracks.replaceTrack(media, track);
  }

  /** Plays a stream on behalf of a room; for another room the same MediaStream gets one more binding. */
  async subscribe(streamId: string, options: SubscribeOptions): Promise<MediaStream> {
    this.assertOpen();
    assertKnown(options, 'options', optionNames.subscribe);
    const { signal } = Object(options) as SubscribeOptions;
    return abortable(signal, (onIntent) => this.parts.playing.start(streamId, options, onIntent));
  }

  /** Stops playing for one room, or for all rooms if none is named. */
  async unsubscribe(streamId: string, roomId?: string): Promise<void> {
    this.assertOpen();
    await this.parts.playing.stop(streamId, roomId);
  }

  /** Receives at most this layer of a simulcast video, or all of them. */
  limitVideo(streamId: string, maxLayer?: VideoLayer): void {
    this.assertOpen();
    this.parts.playing.limitVideo(streamId, maxLayer);
  }

  /** Mutes one kind of a played stream on this device, at once; it is then no longer received. */
  muteSubscription(streamId: string, kind: MediaKind, muted: boolean): void {
    this.assertOpen();
    this.parts.playing.mute(streamId, kind, muted);
  }

  /** Shows a played stream in one more media element, until it ends there or `detach` removes it. */
  attach(streamId: string, element: HTMLMediaElement): void {
    this.assertOpen();
    this.parts.playing.attach(streamId, element);
  }

  /** Removes a played stream from an element. An element that does not show it is no error. */
  detach(streamId: string, element: HTMLMediaElement): void {
    this.parts.playing.detach(streamId, element);
  }

  /** Plays streams that the browser has blocked; call it in the handler of a click. The next gesture does the same. */
  async resumePlayback(): Promise<void> {
    await this.parts.playing.display.resume();
  }

  /** Sends a message to a room. It is stored once this resolves. */
  async send(roomId: string, text: string): Promise<SentMessage> {
    this.assertOpen();
    return this.parts.messages.send(roomId, text);
  }

  /** Sends the same message to several rooms at once, with one result per room. */
  async sendToRooms(roomIds: string[], text: string): Promise<SentToRoom[]> {
    this.assertOpen();
    return this.parts.messages.sendToRooms(roomIds, text);
  }

  /** Sends a message that may be lost: it is dropped first under load. */
  async sendDroppable(roomId: string, text: string): Promise<{ messageId: string }> {
    this.assertOpen();
    return this.parts.messages.sendDroppable(roomId, text);
  }

  /** Sends to all devices of the given users, or to all members of the room if none is given. */
  async sendCommand(roomId: string, text: string, userIds?: string[]): Promise<void> {
    this.assertOpen();
    await this.parts.messages.sendCommand(roomId, text, userIds);
  }

  /** Sends bytes to members, to the application's server, or to both. */
  async sendBytes(roomId: string, bytes: Uint8Array, options?: SendBytesOptions): Promise<void> {
    this.assertOpen();
    assertKnown(options, 'options', optionNames.sendBytes);
    await this.parts.messages.sendBytes(roomId, bytes, options);
  }

  /** Data streams: ordered and complete messages over the media connection. */
  get data(): DataApi {
    return this.parts.data;
  }

  /** Starts emitting `audioLevels`; 100 to 3000 ms, 1000 by default. */
  startAudioLevels(intervalMs?: number): void {
    this.assertOpen();
    this.parts.quality.startAudioLevels(intervalMs);
  }

  stopAudioLevels(): void {
    this.parts.quality.stopAudioLevels();
  }

  /** The other members of a room, as far as the servers report them; empty if it is not entered. */
  members(roomId: string): User[] {
    return this.parts.rooms.get(roomId)?.members ?? [];
  }

  /** The streams of other users that a room shows; empty if it is not entered. */
  streams(roomId: string): RoomStreamInfo[] {
    return this.parts.rooms.get(roomId)?.shownStreams ?? [];
  }

  dump(): ClientDump {
    return this.parts.dump();
  }

  /** Leaves all rooms and releases all resources. Idempotent. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      await this.parts.moves.leave().catch(() => undefined);
      this.parts.close();
    }
  }

  private assertOpen(): void {
    if (this.closed) {
      throw PolyroomError.of('COMMON_ENGINE_NOT_CREATE');
    }
  }
}
