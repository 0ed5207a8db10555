import { type ClientResult } from '@polyroom/contracts/client';
import { assertText } from '../arguments.js';
import { type DataApi } from '../client-types.js';
import { type MediaConnection } from '../media/media-connection.js';
import { type PolyroomError } from '../polyroom-error.js';
import { DataBroadcasts } from './data-broadcasts.js';
import { type DataOptions } from './data-options.js';
import { DataSubscriptions } from './data-subscriptions.js';

/** The data streams of one client: ordered and complete messages over the media connection. */
export class DataStreams implements DataApi {
  private readonly broadcasts: DataBroadcasts;
  private readonly subscriptions: DataSubscriptions;

  constructor(private readonly options: DataOptions) {
    const { events } = options;
    this.broadcasts = new DataBroadcasts(options);
    this.subscriptions = new DataSubscriptions(options, {
      onData: (roomId, data, streamId) => events.emit('dataReceived', { roomId, streamId, data }),
      onInterrupted: (roomId, streamId) => events.emit('dataInterrupted', { roomId, streamId }),
    });
    events.on('streamsAdded', ({ roomId, streams }) => {
      streams.forEach(({ streamId }) => this.subscriptions.handleStreamAdded(streamId, roomId));
    });
  }

  /**
   * Shows a data stream in the room. A stream that is already published in another room is shown here too: data
   * is sent once.
   */
  publish(streamId: string, roomId: string): Promise<void> {
    this.assertRoom(roomId);
    return this.broadcasts.start(streamId, roomId);
  }

  /** Removes the stream from the room; removing it from its last room ends it. */
  unpublish(streamId: string, roomId: string): Promise<void> {
    return this.broadcasts.stop(streamId, roomId);
  }

  /** Sends to all subscribers of the stream, in any of its rooms. Throws if the message cannot be sent. */
  send(streamId: string, roomId: string, data: ArrayBuffer | ArrayBufferView): void {
    this.broadcasts.send(data, streamId, roomId);
  }

  /** Messages sent after this resolves are received. Waits for a stream that is not shown yet. */
  subscribe(streamId: string, roomId: string): Promise<void> {
    this.assertRoom(roomId);
    return this.subscriptions.start(streamId, roomId);
  }

  unsubscribe(streamId: string, roomId: string): Promise<void> {
    return this.subscriptions.stop(streamId, roomId);
  }

  /** Ends what is published and subscribed in a room. */
  async stopAll(roomId: string): Promise<void> {
    await Promise.all([this.broadcasts.stopAll(roomId), this.subscriptions.stopAll(roomId)]);
  }

  /** The session has other transports. */
  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all([this.broadcasts.moveTo(media), this.subscriptions.moveTo(media)]);
  }

  /** The application's server shows a stream in a room. */
  handleShared(streamId: string, roomId: string): void {
    this.broadcasts.handleShared(streamId, roomId);
  }

  /** The user is no longer in the room. The servers have already ended its broadcasts and subscriptions. */
  handleRoomLeft(roomId: string, error?: PolyroomError): void {
    this.broadcasts.handleRoomLeft(roomId, error);
    this.subscriptions.handleRoomLeft(roomId);
  }

  /** Media was retried in vain: broadcasts end. Subscriptions wait for a connection. */
  giveUp(): void {
    this.broadcasts.giveUp();
  }

  /** The rooms of a stream that is broadcast here, if the session still carries it. */
  roomsOf(streamId: string): ReadonlySet<string> | undefined {
    return this.broadcasts.roomsOf(streamId);
  }

  handleConnectionLost(): void {
    this.subscriptions.handleConnectionLost();
  }

  handleResumed(resumed: ClientResult<'session.resume'>): void {
    this.broadcasts.handleResumed(resumed);
  }

  /** A room was entered again in a new session. */
  restore(roomId: string): void {
    this.broadcasts.restore(roomId);
    this.subscriptions.restore(roomId);
  }

  private assertRoom(roomId: string): void {
    assertText('roomId', roomId, 'roomId');
    this.options.rooms.assertEntering(roomId, 'ROOM_ROOMID_INCORRECT');
  }
}
