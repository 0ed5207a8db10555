/**
 * Which streams a session plays, on behalf of which rooms. A binding is entered before the media node is
 * asked for it, so that whoever takes a room or a stream away finds also what is just being made; the
 * work on one stream is done in turn (`ClientSession.playQueue`).
 */
export class Downlinks {
  private readonly roomIdsByStream = new Map<string, Set<string>>();
  /** Streams that closed by themselves: the client waits for them to come back. */
  private readonly lost = new Set<string>();

  /** Enters a binding; false where it was there before. */
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

  /** Takes one binding away, or all of a stream where `roomId` is left out. */
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

  /** The stream is gone without this client having asked for it. */
  lose(streamId: string): void {
    this.roomIdsByStream.delete(streamId);
    this.lost.add(streamId);
  }

  loseAll(): void {
    [...this.roomIdsByStream.keys()].forEach((streamId) => this.lose(streamId));
  }

  /** Whether it is played, or was until it was lost. */
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
