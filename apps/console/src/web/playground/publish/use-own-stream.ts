import { type PublicationHandle, useCapture, usePublication, useRooms } from '@polyroom/react';
import { type MediaKind } from '@polyroom/sdk';
import { useEffect, useRef } from 'react';
import { usePlayground } from '../playground-context.js';
import { mutedAtStart, type PageState } from '../state/page-state.js';
import { texts } from '../texts.js';

const kinds: readonly MediaKind[] = ['audio', 'video'];

export interface OwnStream {
  streamId: string;
  media: MediaStream | undefined;
  /** Whether the user is being asked for a device. */
  isAsking: boolean;
  publication: PublicationHandle;
}

/** Captures what the page publishes, shows it in the ticked rooms, and mutes it there. */
export function useOwnStream(): OwnStream {
  const { dispatch, notify, state } = usePlayground();
  const { source } = state;
  const { error, media } = useCapture(captureSourceOf(state));
  const streamId = `${state.userId.replace(/[^0-9A-Za-z_-]/g, '_')}-stream`;
  const publication = usePublication(streamId, {
    media,
    rooms: state.shownIn,
    muted: mutedAtStart(state),
  });
  useEffect(() => {
    if (error !== undefined && source !== undefined) {
      notify(texts.publish.failed[source], error);
      dispatch({ type: 'source', source: undefined });
    }
  }, [error]);
  const wasLive = useRef(false);
  useEffect(() => {
    if (media === undefined && wasLive.current && source !== undefined) {
      // The user has ended the sharing in the browser, or unplugged the device.
      dispatch({ type: 'source', source: undefined });
    }
    wasLive.current = media !== undefined;
  }, [media]);
  useMutes(publication);
  return { streamId, media, isAsking: source !== undefined && media === undefined, publication };
}

function captureSourceOf({ camera, microphone, source }: PageState): Parameters<typeof useCapture>[0] {
  switch (source) {
    case 'camera':
      return {
        camera: {
          ...(camera === undefined ? {} : { videoInput: camera }),
          ...(microphone === undefined ? {} : { audioInput: microphone }),
          ...{ width: 640, height: 480 },
        },
      };
    case 'screen':
      return { screen: true };
    case undefined:
      return undefined;
  }
}

/**
 * Mutes the stream as the state has it. A stream starts with all kinds muted that any of its rooms mutes, so that no
 * room receives a moment of what it should not; this ends once every room has its own mutes.
 */
function useMutes(publication: PublicationHandle): void {
  const { notify, state } = usePlayground();
  const { muted, shownIn } = state;
  const isPresent = useRooms().map(({ roomId }) => roomId);
  /** The rooms of each kind that are muted at the client. */
  const applied = useRef(new Map<string, boolean>());
  const heldBack = useRef<readonly MediaKind[] | undefined>(undefined);
  const isWaiting = shownIn.some(
    (roomId) => isPresent.includes(roomId) && !publication.roomIds.includes(roomId),
  );
  useEffect(() => {
    if (publication.state === 'ended') {
      applied.current.clear();
      heldBack.current = undefined;
      return;
    }
    heldBack.current ??= mutedAtStart(state);
    const mute = (kind: MediaKind, isMuted: boolean, roomId?: string): void =>
      void publication
        .mute(kind, isMuted, roomId)
        .catch((error: unknown) => notify(texts.notices.mute(roomId ?? ''), error));
    for (const key of [...applied.current.keys()]) {
      const [roomId] = JSON.parse(key) as [string];
      if (!publication.roomIds.includes(roomId)) {
        applied.current.delete(key);
      }
    }
    for (const roomId of publication.roomIds) {
      for (const kind of kinds) {
        const key = JSON.stringify([roomId, kind]);
        const isWanted = muted[roomId]?.includes(kind) ?? false;
        if ((applied.current.get(key) ?? false) !== isWanted) {
          applied.current.set(key, isWanted);
          mute(kind, isWanted, roomId);
        }
      }
    }
    if (!isWaiting || publication.error !== undefined) {
      heldBack.current.forEach((kind) => mute(kind, false));
      heldBack.current = [];
    }
  }, [publication, muted, isWaiting]);
}
