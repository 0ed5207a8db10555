import { type ShownStream, StreamView, useStreams } from '@polyroom/react';
import { type ReactNode } from 'react';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';

const t = texts.room;

/** The streams of others in a room. */
export function RoomStreams({ roomId }: { roomId: string }): ReactNode {
  const streams = useStreams(roomId).filter(({ kinds }) => kinds.some((kind) => kind !== 'data'));
  return (
    <div>
      <h3>{t.streams}</h3>
      {streams.length === 0 && <p className="empty">{t.noStreams}</p>}
      <div className="tiles">
        {streams.map((stream) => (
          <StreamTile key={stream.streamId} stream={stream} roomId={roomId} />
        ))}
      </div>
    </div>
  );
}

function StreamTile({ roomId, stream }: { roomId: string; stream: ShownStream }): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const { mutedKinds, streamId, user } = stream;
  const isPlayed = state.played[roomId]?.includes(streamId) ?? false;
  return (
    <figure className="tile">
      {isPlayed && <StreamView streamId={streamId} roomId={roomId} aria-label={t.videoOf(user.userName)} />}
      <figcaption>
        <span>
          <b>{user.userName}</b> <span className="faint">{streamId}</span>
        </span>
        {mutedKinds.length > 0 && <span className="chip">{t.mutedHere(mutedKinds)}</span>}
        <button
          type="button"
          className={isPlayed ? undefined : 'primary'}
          aria-label={isPlayed ? t.stopNamed(streamId, roomId) : t.playNamed(streamId, roomId)}
          onClick={() => {
            dispatch({ type: 'play', roomId, streamId, isPlayed: !isPlayed });
            showCode({ type: isPlayed ? 'stop' : 'play', streamId, roomId });
          }}
        >
          {isPlayed ? t.stop : t.play}
        </button>
      </figcaption>
    </figure>
  );
}
