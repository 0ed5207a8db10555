import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react';
import { isPresent } from './client-view.js';
import { useSession, useView } from './rooms-provider.js';

export interface StreamViewProps extends Omit<
  ComponentProps<'video'>,
  'ref' | 'src' | 'autoPlay' | 'children'
> {
  streamId: string;
  /** The room on whose behalf the stream is played, or several: it plays until the last of them is left. */
  roomId: string | readonly string[];
}

/**
 * Plays a stream of another user while it is mounted. Several views of a stream share one playback, and a stream that
 * is not there yet is waited for. `data-state` is `pending`, `active` or `ended`, and `data-blocked` is present while
 * the browser blocks the audio.
 */
export function StreamView({ roomId, streamId, ...video }: StreamViewProps): ReactNode {
  const session = useSession();
  const element = useRef<HTMLVideoElement>(null);
  const state = useView((view) => view?.subscription(streamId)?.state ?? 'ended');
  const isBlocked = useView((view) => view?.isBlocked(streamId) ?? false);
  const rooms = useView((view) =>
    JSON.stringify([roomId].flat().filter((each) => isPresent(view?.room(each)?.status))),
  );
  const hasRoom = rooms !== '[]';
  useEffect(() => {
    const releases = (JSON.parse(rooms) as string[]).map((each) =>
      session?.subscriptions.retain(streamId, each),
    );
    return () => releases.forEach((release) => release?.());
  }, [session, streamId, rooms]);
  useEffect(() => {
    const shown = element.current;
    if (session === undefined || shown === null || !hasRoom) {
      return;
    }
    try {
      session.client.attach(streamId, shown);
    } catch {
      // The play was refused at once; `data-state` is `ended`.
      return;
    }
    return () => session.client.detach(streamId, shown);
  }, [session, streamId, hasRoom]);
  return (
    <video
      ref={element}
      playsInline
      data-stream-id={streamId}
      data-state={state}
      data-blocked={isBlocked ? '' : undefined}
      {...video}
    />
  );
}

export interface PreviewProps extends Omit<ComponentProps<'video'>, 'ref' | 'src' | 'autoPlay' | 'children'> {
  media: MediaStream | undefined;
}

/** Shows an own stream, without its audio. */
export function Preview({ media, ...video }: PreviewProps): ReactNode {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current !== null) {
      element.current.srcObject = media ?? null;
    }
  }, [media]);
  return <video ref={element} autoPlay muted playsInline {...video} />;
}
