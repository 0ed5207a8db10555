import { type MediaKind, type PublicationInfo, type PublishOptions } from '@polyroom/sdk';
import { useEffect, useMemo, useRef } from 'react';
import { type WantedPublication } from './kept-publications.js';
import { useSession, useView } from './rooms-provider.js';

export interface UsePublicationOptions extends WantedOptions {
  /** What to publish; undefined: nothing. Another stream replaces the tracks, and viewers notice no gap. */
  media: MediaStream | undefined;
  /** The rooms that show the stream. Rooms that are not entered are skipped until they are. */
  rooms: readonly string[];
}

type WantedOptions = Omit<PublishOptions, 'roomId' | 'media' | 'signal'>;

export interface PublicationHandle extends Omit<PublicationInfo, 'streamId'> {
  /** Mutes one kind in one room, or in all rooms. */
  mute(kind: MediaKind, muted: boolean, roomId?: string): Promise<void>;
}

const ended = { state: 'ended', roomIds: [] as string[] } as const;

/**
 * Publishes one stream into exactly these rooms: it is encoded and sent once. Stops it when the component unmounts.
 * The state includes failures: they do not throw.
 */
export function usePublication(
  streamId: string,
  { media, rooms, ...options }: UsePublicationOptions,
): PublicationHandle {
  const session = useSession();
  const info = useView((view) => view?.publication(streamId));
  const latest = useRef<WantedPublication['options']>(options);
  useEffect(() => {
    latest.current = options;
  });
  const key = JSON.stringify(rooms);
  useEffect(() => {
    const roomIds = JSON.parse(key) as string[];
    session?.publications.set(
      streamId,
      media === undefined ? undefined : { roomIds, media, options: latest.current },
    );
  }, [session, streamId, media, key]);
  useEffect(() => () => session?.publications.set(streamId, undefined), [session, streamId]);
  return useMemo(
    () => ({
      ...(info ?? ended),
      mute: async (kind, muted, roomId) => session?.client.mute(streamId, kind, muted, roomId),
    }),
    [session, info, streamId],
  );
}
