import { useClient } from '@polyroom/react';
import { type ReactNode, type SubmitEvent } from 'react';
import { textOf } from '../field.js';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';

const t = texts.room;

/** Leaves the room for another one in one step. */
export function RoomMove({ roomId }: { roomId: string }): ReactNode {
  const { dispatch, notify, showCode, state } = usePlayground();
  const client = useClient();
  const handleSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const to = textOf(new FormData(event.currentTarget), 'room');
    showCode({ type: 'move', from: roomId, to });
    try {
      await client?.move(roomId, to, state.token === '' ? {} : { token: state.token });
      dispatch({ type: 'replaceRoom', from: roomId, to });
    } catch (error) {
      notify(texts.notices.move(roomId), error);
    }
  };
  return (
    <details>
      <summary>{t.move}</summary>
      <form className="row" onSubmit={(event) => void handleSubmit(event)}>
        <input name="room" aria-label={t.moveTo} placeholder={t.moveTo} autoComplete="off" required />
        <button>{t.moveSubmit}</button>
      </form>
    </details>
  );
}
