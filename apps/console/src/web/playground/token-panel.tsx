import { type ReactNode, type SubmitEvent } from 'react';
import { Field, textOf } from './field.js';
import { usePlayground } from './playground-context.js';
import { texts } from './texts.js';

const t = texts.session;

/** Replaces the token of all rooms, as an application does before it expires. */
export function TokenPanel(): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const handleSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    dispatch({ type: 'token', token: textOf(new FormData(event.currentTarget), 'token') });
    showCode({ type: 'token', roomIds: state.roomIds });
    event.currentTarget.reset();
  };
  return (
    <form className="panel form" onSubmit={handleSubmit} aria-label={t.token}>
      <h2>{t.token}</h2>
      <div className="row end">
        <Field label={t.newToken}>
          <input name="token" autoComplete="off" spellCheck={false} required />
        </Field>
        <button>{t.renew}</button>
      </div>
    </form>
  );
}
