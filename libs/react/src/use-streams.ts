import { type RoomStreamInfo } from '@polyroom/sdk';
import { useMemo } from 'react';
import { type ClientView, none } from './client-view.js';
import { useView } from './rooms-provider.js';

/** A stream of another user, and those of the given rooms that show it. */
export interface ShownStream extends RoomStreamInfo {
  roomIds: readonly string[];
}

/**
 * The streams of other users in one room, or in several: a stream that several of them show is listed once, and
 * `mutedKinds` has the kinds that all of them mute. `useRoom` enters the rooms.
 */
export function useStreams(roomId: string | readonly string[]): readonly ShownStream[] {
  const key = JSON.stringify([roomId].flat());
  const list = useMemo(() => new StreamList(JSON.parse(key) as string[]), [key]);
  return useView((view) => list.read(view));
}

/** Merges the streams of rooms. Returns the same list until one of the rooms has another one. */
class StreamList {
  private sources: readonly (readonly RoomStreamInfo[])[] = none;
  private merged: readonly ShownStream[] = none;

  constructor(private readonly roomIds: readonly string[]) {}

  read(view: ClientView | undefined): readonly ShownStream[] {
    const sources = this.roomIds.map((roomId) => view?.room(roomId)?.streams ?? none);
    if (
      sources.length !== this.sources.length ||
      sources.some((source, index) => source !== this.sources[index])
    ) {
      this.sources = sources;
      this.merged = this.merge();
    }
    return this.merged;
  }

  private merge(): readonly ShownStream[] {
    const streams = new Map<string, ShownStream>();
    this.sources.forEach((source, index) => {
      const roomId = this.roomIds[index]!;
      for (const stream of source) {
        const known = streams.get(stream.streamId);
        streams.set(
          stream.streamId,
          known === undefined
            ? { ...stream, roomIds: [roomId] }
            : {
                ...known,
                roomIds: [...known.roomIds, roomId],
                mutedKinds: known.mutedKinds.filter((kind) => stream.mutedKinds.includes(kind)),
              },
        );
      }
    });
    return [...streams.values()];
  }
}
