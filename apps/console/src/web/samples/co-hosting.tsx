import { useCapture, usePublication, useRoom } from '@polyroom/react';
import { type User } from '@polyroom/sdk';
import { type ReactNode, type SubmitEvent, useEffect, useState } from 'react';
import { camera, Chat, RoomState, Streams } from './room-parts.js';
import { startSample, textOf } from './sample-page.js';

// Cross-room co-hosting. Each host has a room with viewers. While two hosts co-host, each host, and each viewer, is in
// both rooms and plays both hosts. The attribute `cohost` of a room names the other room: it is how a host notifies the
// viewers, those who come later too. The attribute `invite` names the room whose host asks.

function CoHosting({
  answers: { role, room },
  user,
}: {
  answers: Record<string, string>;
  user: User;
}): ReactNode {
  return role === 'host' ? <Host roomId={room!} user={user} /> : <Viewer roomId={room!} />;
}

function Viewer({ roomId }: { roomId: string }): ReactNode {
  const own = useRoom(roomId);
  const { cohost = '' } = own.attributes;
  const other = useRoom(cohost, { enabled: cohost !== '' });
  return (
    <>
      <RoomState {...own} />
      {cohost !== '' && <RoomState {...other} />}
      <Streams label="Hosts" rooms={[roomId, cohost]} />
      <Chat roomId={roomId} />
    </>
  );
}

function Host({ roomId, user }: { roomId: string; user: User }): ReactNode {
  const own = useRoom(roomId);
  const [invited, setInvited] = useState('');
  const { cohost = '', invite = '' } = own.attributes;
  const partner = cohost || invited;
  const other = useRoom(partner, { enabled: partner !== '' });
  const { media } = useCapture(camera);
  usePublication(`${user.userId}-camera`, { media, rooms: [roomId] });

  const isAsking = invited !== '' && cohost === '';
  const isInOther = other.state === 'joined';
  const isAccepted = isAsking && other.attributes['cohost'] === roomId;
  useEffect(() => {
    if (isAsking && isInOther) {
      void other.setAttribute('invite', roomId);
    }
  }, [isAsking, isInOther, roomId]);
  useEffect(() => {
    if (isAccepted) {
      // From now on the attribute is what both hosts go by, and either of them may delete it.
      void own.setAttribute('cohost', invited).then(() => setInvited(''));
    }
  }, [isAccepted, invited]);

  const accept = async (): Promise<void> => {
    await own.setAttribute('cohost', invite);
    await own.setAttribute('invite', '');
  };
  const end = async (): Promise<void> => {
    // The other room first: this host is a member of it as long as the own room says so.
    await other.setAttribute('cohost', '');
    await own.setAttribute('cohost', '');
  };
  const handleInvite = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setInvited(textOf(new FormData(event.currentTarget).get('partner')));
  };
  return (
    <>
      <RoomState {...own} />
      {partner !== '' && <RoomState {...other} />}
      {cohost !== '' ? (
        <button onClick={() => void end()}>Stop co-hosting with {cohost}</button>
      ) : invite !== '' ? (
        <button className="primary" onClick={() => void accept()}>
          Co-host with {invite}
        </button>
      ) : (
        <form className="row" onSubmit={handleInvite}>
          <input
            name="partner"
            aria-label="Room of the other host"
            placeholder="Room of the other host"
            required
          />
          <button className="primary">Invite</button>
          {isAsking && <span role="status">Waiting for the host of {invited} …</span>}
        </form>
      )}
      <Streams label="Hosts" media={media} rooms={[roomId, partner]} />
      <Chat roomId={roomId} />
    </>
  );
}

void startSample({
  title: 'cross-room co-hosting',
  lead:
    'Two hosts with a room each go live together, and the viewers of both rooms see both. Open this page as a host ' +
    'and as a viewer of one room, and again for another room.',
  questions: [
    { name: 'role', label: 'You are', values: ['host', 'viewer'] },
    { name: 'room', label: 'Room', initial: 'kitchen' },
  ],
  App: CoHosting,
});
