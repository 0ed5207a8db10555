import { type ReactNode, useState } from 'react';
import { usePlayground } from './playground-context.js';
import { writeAddress } from './state/address.js';
import { texts } from './texts.js';

const t = texts.session;

/** Invites others, and ends the session. */
export function SessionActions(): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const [answer, setAnswer] = useState('');
  const invite = async (): Promise<void> => {
    const { origin, pathname } = location;
    try {
      await navigator.clipboard.writeText(
        `${origin}${pathname}${writeAddress({ ...state, userId: undefined })}`,
      );
      setAnswer(t.invited);
    } catch {
      // Pages from plain http have no clipboard.
      setAnswer(t.inviteFailed);
    }
  };
  return (
    <div className="actions">
      <span className="who">{t.you(state.userName || state.userId)}</span>
      <button type="button" onClick={() => void invite()}>
        {t.invite}
      </button>
      <button
        type="button"
        onClick={() => {
          showCode({ type: 'leaveAll' });
          dispatch({ type: 'leaveAll' });
        }}
      >
        {t.leaveAll}
      </button>
      <span className="answer" role="status">
        {answer}
      </span>
    </div>
  );
}
