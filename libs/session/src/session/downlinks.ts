/** The streams that a session plays, and the rooms that each is bound to. `ClientSession` changes them. */
export type DownlinksView = Pick<Downlinks, 'has' | 'roomsOf' | 'streamsOfRoom' | 'wants'>;

/**
 * The streams that a session plays, and the rooms that each is bound to. A binding is added before the media node
 * is asked for it, so that leaving the room or losing the stream also finds bindings that are being made.
 */
export class Downlinks {
  private readonly roomIdsByStream = new Map<string, Set<string>>();
  /** Streams that ended without a request of the client, which waits for them to come back. */
  private readonly lost = new Set<string>();

  /** Adds a binding; false if it existed. */
  add(streamId: string, roomId: string): boolean {
    let roomIds = this.roomIdsByStream.get(streamId);
    if (roomIds === undefined) {
      roomIds = new Set();
      this.roomIdsByStream.set(streamId, roomIds);
    }
    const added = !roomIds.has(roomId);
    roomIds.add(roomId);
    return added;
  }

  has(streamId: string, roomId?: string): boolean {
    const roomIds = this.roomIdsByStream.get(streamId);
    return roomIds !== undefined && (roomId === undefined || roomIds.has(roomId));
  }

  /** Removes one binding, or without `roomId` all bindings of the stream. */
  remove(streamId: string, roomId?: string): void {
    const roomIds = this.roomIdsByStream.get(streamId);
    if (roomId === undefined) {
      this.lost.delete(streamId);
    }
    if (roomIds === undefined) {
      return;
    }
    if (roomId === undefined) {
      this.roomIdsByStream.delete(streamId);
      return;
    }
    roomIds.delete(roomId);
    if (roomIds.size === 0) {
      this.roomIdsByStream.delete(streamId);
    }
  }

  /** The stream ended without a request of the client. */
  lose(streamId: string): void {
    this.roomIdsByStream.delete(streamId);
    this.lost.add(streamId);
  }

  loseAll(): void {
    [...this.roomIdsByStream.keys()].forEach((streamId) => this.lose(streamId));
  }

  /** Whether the stream is played, or was played until it was lost. */
  wants(streamId: string): boolean {
    return this.roomIdsByStream.has(streamId) || this.lost.has(streamId);
  }

  roomsOf(streamId: string): string[] {
    return [...(this.roomIdsByStream.get(streamId) ?? [])];
  }

  streamsOfRoom(roomId: string): string[] {
    return [...this.roomIdsByStream].filter(([, roomIds]) => roomIds.has(roomId)).map(([id]) => id);
  }
}
