import { useEffect, useMemo, useRef } from 'react';
import { emptyStatus, none, type RoomStatus } from './client-view.js';
import { type RoomOptions } from './kept-rooms.js';
import { useSession, useView } from './rooms-provider.js';

export interface UseRoomOptions extends RoomOptions {
  /** False: the component does not need the room, and does not enter it. */
  enabled?: boolean;
}

export interface RoomHandle extends RoomStatus {
  /** Enters the room again after a refusal or a removal. */
  rejoin(): Promise<void>;
  /** Sets an attribute for all members; an empty value deletes it. */
  setAttribute(key: string, value: string): Promise<void>;
}

/**
 * Enters a room, and leaves it when the last component that uses it unmounts. The state includes refusals: they do
 * not throw.
 */
export function useRoom(roomId: string, { enabled = true, ...options }: UseRoomOptions = {}): RoomHandle {
  const session = useSession();
  const known = useView((view) => view?.room(roomId)?.status);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(
    () => (enabled ? session?.rooms.retain(roomId, () => latest.current) : undefined),
    [session, roomId, enabled],
  );
  const { token } = options;
  useEffect(() => {
    if (token !== undefined) {
      void session?.rooms.renewToken(roomId, token);
    }
  }, [session, roomId, token]);
  return useMemo(
    () => ({
      ...(known ?? emptyStatus(roomId)),
      rejoin: async () => session?.rooms.rejoin(roomId),
      setAttribute: async (key, value) => {
        await session?.client.setAttribute(roomId, key, value);
        session?.view.noteAttributes(roomId, [{ key, value }]);
      },
    }),
    [session, known, roomId],
  );
}

/** The rooms that the user is in, or about to enter. */
export function useRooms(): readonly RoomStatus[] {
  return useView((view) => view?.present ?? none);
}
