import { type MediaKind } from '@polyroom/sdk';
import { type ReactNode } from 'react';
import { usePlayground } from '../playground-context.js';
import { type OwnStream } from '../publish/use-own-stream.js';
import { texts } from '../texts.js';

const t = texts.room;

/** Whether the room shows the own stream, and what is muted in it. */
export function OwnStreamRow({ own, roomId }: { own: OwnStream; roomId: string }): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const { streamId } = own;
  const { shownIn } = state;
  const source = state.source ?? 'camera';
  const isShown = shownIn.includes(roomId);
  const muted = state.muted[roomId] ?? [];
  const change = (isWanted: boolean): void => {
    const roomIds = isWanted ? [...shownIn, roomId] : shownIn.filter((each) => each !== roomId);
    dispatch({ type: 'show', roomId, isShown: isWanted });
    showCode(
      isWanted && state.source === undefined
        ? { type: 'publish', source, streamId, roomIds }
        : { type: isWanted ? 'share' : 'unshare', source, streamId, roomId, roomIds },
    );
  };
  const mute = (kind: MediaKind): void => {
    const isMuted = !muted.includes(kind);
    dispatch({ type: 'mute', roomId, kind, isMuted });
    showCode({ type: 'mute', source, streamId, kind, isMuted, roomId, roomIds: shownIn });
  };
  return (
    <div className="own-stream">
      <label className="check">
        <input type="checkbox" checked={isShown} onChange={({ target }) => change(target.checked)} />
        {t.own[source]}
      </label>
      {isShown && (
        <span className="row">
          {(['audio', 'video'] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={muted.includes(kind)}
              aria-label={t.muteIn[kind](roomId)}
              onClick={() => mute(kind)}
            >
              {t.mute[kind]}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}
