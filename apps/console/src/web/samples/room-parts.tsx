import { Preview, type RoomStatus, StreamView, useChat, useStreams } from '@polyroom/react';
import { PolyroomError } from '@polyroom/sdk';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { textOf } from './sample-page.js';

/** What both samples capture. */
export const camera = { camera: { video: { width: 320, height: 240, frameRate: 15 } } };

/** The state of a room, or why it was refused. */
export function RoomState({ error, roomId, state }: RoomStatus): ReactNode {
  return (
    <p className={error === undefined ? undefined : 'failed'} data-room={roomId} data-state={state}>
      {roomId}: {error === undefined ? state : `${state}, ${error.code} ${error.message}`}
    </p>
  );
}

/** The streams of one room or several; one that several of them show is received once. */
export function Streams({
  label,
  media,
  rooms,
}: {
  label: string;
  /** The own stream, without audio. */
  media?: MediaStream | undefined;
  rooms: readonly string[];
}): ReactNode {
  const streams = useStreams(rooms);
  return (
    <section className="panel" aria-label={label}>
      <h2>{label}</h2>
      <div className="tiles">
        {media && (
          <figure className="tile">
            <Preview media={media} />
            <figcaption>You</figcaption>
          </figure>
        )}
        {streams.map(({ roomIds, streamId, user }) => (
          <figure className="tile" key={streamId}>
            <StreamView streamId={streamId} roomId={roomIds} />
            <figcaption>
              {user.userName} <span className="chip">{roomIds.join(', ')}</span>
            </figcaption>
          </figure>
        ))}
        {streams.length === 0 && media === undefined && <p className="empty">No streams yet.</p>}
      </div>
    </section>
  );
}

/** Messages of one room. Other rooms of the user do not see them. */
export function Chat({ roomId }: { roomId: string }): ReactNode {
  const { messages, send } = useChat(roomId);
  const [error, setError] = useState('');
  const handleSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    try {
      await send(textOf(new FormData(form).get('text')));
      form.reset();
      setError('');
    } catch (failure) {
      setError(failure instanceof PolyroomError ? `${failure.code} ${failure.message}` : String(failure));
    }
  };
  return (
    <section className="panel" aria-label={`Chat of ${roomId}`} data-chat={roomId}>
      <h2>Chat of {roomId}</h2>
      <ol className="chat" tabIndex={0} aria-live="polite">
        {messages.map(({ from, isOwn, messageId, text }) => (
          <li key={messageId} className={isOwn ? 'own' : undefined}>
            <b>{from.userName}</b>
            {text}
          </li>
        ))}
      </ol>
      <form className="send" onSubmit={(event) => void handleSubmit(event)}>
        <input name="text" aria-label={`Message to ${roomId}`} autoComplete="off" required />
        <button>Send</button>
      </form>
      <p className="failed" role="status">
        {error}
      </p>
    </section>
  );
}
