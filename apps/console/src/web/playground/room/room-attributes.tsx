import { type RoomHandle } from '@polyroom/react';
import { type ReactNode, type SubmitEvent } from 'react';
import { textOf } from '../field.js';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';

const t = texts.room;

/** State of the room that every member can set, and that members who come later get too. */
export function RoomAttributes({ room }: { room: RoomHandle }): ReactNode {
  const { notify, showCode } = usePlayground();
  const { attributes, roomId } = room;
  const set = (key: string, value: string): void => {
    showCode({ type: 'attribute', roomId, key, value });
    room.setAttribute(key, value).catch((error: unknown) => notify(texts.notices.attribute(roomId), error));
  };
  const handleSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    set(textOf(form, 'key'), textOf(form, 'value'));
    event.currentTarget.reset();
  };
  return (
    <details>
      <summary>{t.attributes(Object.keys(attributes).length)}</summary>
      <dl className="attributes">
        {Object.entries(attributes).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              {value}
              <button type="button" aria-label={t.deleteNamed(key)} onClick={() => set(key, '')}>
                {t.delete}
              </button>
            </dd>
          </div>
        ))}
      </dl>
      <form className="row" onSubmit={handleSubmit}>
        <input name="key" aria-label={t.key} placeholder={t.key} autoComplete="off" required />
        <input name="value" aria-label={t.value} placeholder={t.value} autoComplete="off" required />
        <button>{t.set}</button>
      </form>
    </details>
  );
}
