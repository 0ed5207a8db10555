import { type RoomHandle } from '@polyroom/react';
import { type PolyroomError } from '@polyroom/sdk';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePlayground } from '../playground-context.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';

const t = texts.refusal;

/** Why the user is not in the room, and what helps. */
export function Refusal({ error, room }: { error: PolyroomError; room: RoomHandle }): ReactNode {
  const { showCode } = usePlayground();
  const shown = useRef<HTMLDivElement>(null);
  // The card may be below the part of the page that is visible.
  useEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div ref={shown} className="refusal" role="alert">
      <Problem error={error} />
      {room.reason !== undefined && room.reason !== '' && <p>{t.reason(room.reason)}</p>}
      <button
        type="button"
        className="primary"
        onClick={() => {
          void room.rejoin();
          showCode({ type: 'join', roomIds: [room.roomId] });
        }}
      >
        {texts.room.retry}
      </button>
    </div>
  );
}
