import { type RoomHandle, useMembers } from '@polyroom/react';
import { type ReactNode } from 'react';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';

const t = texts.room;

export function RoomMembers({ room }: { room: RoomHandle }): ReactNode {
  const { state } = usePlayground();
  const members = useMembers(room.roomId);
  return (
    <details>
      <summary>{t.members(room.memberCount ?? members.length + 1)}</summary>
      <ul className="chips">
        <li className="chip">{t.membersAnd(state.userName || state.userId)}</li>
        {members.map(({ userId, userName }) => (
          <li key={userId} className="chip" title={userId}>
            {userName}
          </li>
        ))}
      </ul>
    </details>
  );
}
