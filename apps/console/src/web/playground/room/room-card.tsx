import { useClient, useRoom } from '@polyroom/react';
import { type ReactNode, useEffect } from 'react';
import { usePlayground } from '../playground-context.js';
import { type OwnStream } from '../publish/use-own-stream.js';
import { texts } from '../texts.js';
import { OwnStreamRow } from './own-stream-row.js';
import { Refusal } from './refusal.js';
import { RoomAttributes } from './room-attributes.js';
import { RoomMembers } from './room-members.js';
import { RoomMessages } from './room-messages.js';
import { RoomMove } from './room-move.js';
import { RoomStreams } from './room-streams.js';

const t = texts.room;

/** One room: entered while the card is on the page. */
export function RoomCard({ own, roomId }: { own: OwnStream; roomId: string }): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const client = useClient();
  const room = useRoom(roomId, state.token === '' ? {} : { token: state.token });
  const { movedTo } = room;
  const isOut = room.state === 'left';
  useEffect(() => {
    if (movedTo !== undefined) {
      dispatch({ type: 'replaceRoom', from: roomId, to: movedTo });
    }
  }, [movedTo]);
  const leave = (): void => {
    // useRoom leaves only the room that it entered, not one that the user was moved into.
    void client?.leave(roomId).catch(() => undefined);
    dispatch({ type: 'removeRoom', roomId });
    showCode({ type: 'leave', roomId });
  };
  return (
    <article className="panel room" aria-label={t.label(roomId)} data-room={roomId} data-state={room.state}>
      <header>
        <h2>{roomId}</h2>
        <span className="badge" role="status">
          {t.states[room.state]}
        </span>
        <button
          type="button"
          onClick={leave}
          aria-label={isOut ? t.removeNamed(roomId) : t.leaveNamed(roomId)}
        >
          {isOut ? t.remove : t.leave}
        </button>
      </header>
      {isOut && room.error !== undefined && <Refusal room={room} error={room.error} />}
      {!isOut && (
        <>
          <OwnStreamRow own={own} roomId={roomId} />
          <RoomStreams roomId={roomId} />
          <RoomMessages roomId={roomId} />
          <RoomMembers room={room} />
          <RoomAttributes room={room} />
          <RoomMove roomId={roomId} />
        </>
      )}
    </article>
  );
}
