import { useCapture, usePublication, useRoom } from '@polyroom/react';
import { type User } from '@polyroom/sdk';
import { type ReactNode, useState } from 'react';
import { camera, Chat, RoomState, Streams } from './room-parts.js';
import { startSample } from './sample-page.js';

// Super small class. The teacher publishes into the large room, where all students play. Each student is in the room of
// a group as well, and talks with that group only. The assistant visits groups: one camera, shown in all of them.

const groups = ['group-1', 'group-2', 'group-3'];

function SmallClass({ answers, user }: { answers: Record<string, string>; user: User }): ReactNode {
  const { class: large = 'class', group = groups[0]!, role } = answers;
  const roomOf = (name: string): string => `${large}-${name}`;
  switch (role) {
    case 'teacher':
      return <Teacher large={large} user={user} />;
    case 'assistant':
      return <Assistant rooms={groups.map(roomOf)} user={user} />;
    default:
      return <Student large={large} group={roomOf(group)} user={user} />;
  }
}

function Teacher({ large, user }: { large: string; user: User }): ReactNode {
  const room = useRoom(large);
  const { media } = useCapture(camera);
  usePublication(`${user.userId}-camera`, { media, rooms: [large] });
  return (
    <>
      <RoomState {...room} />
      <Streams label="Class" media={media} rooms={[large]} />
      <Chat roomId={large} />
    </>
  );
}

function Student({ group, large, user }: { group: string; large: string; user: User }): ReactNode {
  const classRoom = useRoom(large);
  const groupRoom = useRoom(group);
  const [speaks, setSpeaks] = useState(false);
  const { media } = useCapture(camera);
  // The same stream, shown in one more room: nothing is encoded or sent twice.
  usePublication(`${user.userId}-camera`, { media, rooms: speaks ? [group, large] : [group] });
  return (
    <>
      <RoomState {...classRoom} />
      <RoomState {...groupRoom} />
      <button aria-pressed={speaks} onClick={() => setSpeaks(!speaks)}>
        {speaks ? 'Back to the group' : 'Speak to the class'}
      </button>
      <Streams label="Class" rooms={[large]} />
      <Streams label="Group" media={media} rooms={[group]} />
      <Chat roomId={large} />
      <Chat roomId={group} />
    </>
  );
}

function Assistant({ rooms, user }: { rooms: readonly string[]; user: User }): ReactNode {
  const [visited, setVisited] = useState<readonly string[]>([]);
  const { media } = useCapture(visited.length > 0 ? camera : undefined);
  usePublication(`${user.userId}-camera`, { media, rooms: visited });
  return (
    <>
      <div className="row">
        {rooms.map((room) => (
          <label className="check" key={room}>
            <input
              type="checkbox"
              checked={visited.includes(room)}
              onChange={({ target }) =>
                setVisited(target.checked ? [...visited, room] : visited.filter((each) => each !== room))
              }
            />
            Visit {room}
          </label>
        ))}
      </div>
      {visited.map((room) => (
        <Visit key={room} roomId={room} />
      ))}
    </>
  );
}

function Visit({ roomId }: { roomId: string }): ReactNode {
  const room = useRoom(roomId);
  return (
    <>
      <RoomState {...room} />
      <Streams label={roomId} rooms={[roomId]} />
      <Chat roomId={roomId} />
    </>
  );
}

void startSample({
  title: 'super small class',
  lead:
    'All students see the teacher in one large room, and talk with their group in a small one. The assistant visits ' +
    'the groups. Open this page once for each of them.',
  questions: [
    { name: 'role', label: 'You are', values: ['student', 'teacher', 'assistant'] },
    { name: 'class', label: 'Class', initial: 'physics' },
    { name: 'group', label: 'Group (of a student)', values: groups },
  ],
  App: SmallClass,
});
