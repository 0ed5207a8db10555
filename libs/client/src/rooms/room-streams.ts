import { type MediaKind, type RoomStream } from '@polyroom/contracts/client';
import { type ClientEvents, type RoomStreamInfo } from '../client-types.js';
import { type Emitter } from '../emitter.js';

/** The streams of other users that one room shows. Emits what changes. */
export class RoomStreams {
  private readonly streams = new Map<string, RoomStream>();

  constructor(
    private readonly roomId: string,
    private readonly events: Emitter<ClientEvents>,
  ) {}

  get all(): RoomStreamInfo[] {
    return [...this.streams.values()].map(toStreamInfo);
  }

  get ids(): string[] {
    return [...this.streams.keys()];
  }

  /** Streams that are known already stay as they are. */
  add(streams: readonly RoomStream[]): void {
    const added = streams.filter((stream) => !this.streams.has(stream.streamId));
    for (const stream of added) {
      this.streams.set(stream.streamId, stream);
    }
    if (added.length > 0) {
      this.events.emit('streamsAdded', { roomId: this.roomId, streams: added.map(toStreamInfo) });
    }
  }

  remove(streamIds: readonly string[], reason: number): void {
    const removed = streamIds.flatMap((streamId) => this.streams.get(streamId) ?? []);
    for (const stream of removed) {
      this.streams.delete(stream.streamId);
    }
    if (removed.length > 0) {
      this.events.emit('streamsRemoved', { roomId: this.roomId, streams: removed.map(toStreamInfo), reason });
    }
  }

  /** Without effect for a stream that is not known, or has not changed. */
  change(stream: RoomStream): void {
    const known = this.streams.get(stream.streamId);
    if (known === undefined) {
      return;
    }
    this.streams.set(stream.streamId, stream);
    const [former, current] = [toStreamInfo(known), toStreamInfo(stream)];
    const isSame =
      former.extraInfo === current.extraInfo && former.mutedKinds.join() === current.mutedKinds.join();
    if (!isSame) {
      this.events.emit('streamChanged', { roomId: this.roomId, stream: current, former });
    }
  }

  muteByOperator(streamId: string, kinds: MediaKind[]): void {
    const known = this.streams.get(streamId);
    if (known !== undefined) {
      this.change({ ...known, operatorMutedKinds: kinds });
    }
  }
}

function toStreamInfo(stream: RoomStream): RoomStreamInfo {
  const { extraInfo, kinds, mutedKinds = [], operatorMutedKinds = [], streamId, user } = stream;
  const muted = [...new Set([...mutedKinds, ...operatorMutedKinds])].sort();
  return { streamId, user, extraInfo, kinds, mutedKinds: muted };
}
