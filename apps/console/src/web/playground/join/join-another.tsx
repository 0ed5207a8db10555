import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Field } from '../field.js';
import { usePlayground } from '../playground-context.js';
import { nextRoomId, readRoomIds } from '../state/address.js';
import { texts } from '../texts.js';

const t = texts.join;

/** Enters one more room, or several. */
export function JoinAnother(): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const [text, setText] = useState(() => nextRoomId(state.roomIds.at(-1) ?? ''));
  const [problem, setProblem] = useState('');
  const handleSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const roomIds = readRoomIds(text);
    const known = roomIds.find((roomId) => state.roomIds.includes(roomId));
    if (known !== undefined) {
      setProblem(t.already(known));
      return;
    }
    setProblem('');
    dispatch({ type: 'addRooms', roomIds });
    showCode({ type: 'join', roomIds });
    setText(nextRoomId(roomIds.at(-1) ?? ''));
  };
  return (
    <form className="panel form" onSubmit={handleSubmit} aria-label={t.another}>
      <h2>{t.another}</h2>
      <div className="row end">
        <Field label={t.room}>
          <input
            name="room"
            autoComplete="off"
            value={text}
            onChange={({ target }) => setText(target.value)}
            required
          />
        </Field>
        <button className="primary">{t.submit}</button>
      </div>
      {problem !== '' && (
        <p className="failed" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
