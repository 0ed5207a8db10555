import { type ReactNode } from 'react';
import { type Notice } from './notices.js';
import { Problem } from './problem.js';
import { texts } from './texts.js';

/** Failures, one below the other, until they are dismissed. They take space of their own and cover nothing. */
export function NoticeList({
  notices,
  onChange,
}: {
  notices: readonly Notice[];
  onChange(notices: readonly Notice[]): void;
}): ReactNode {
  return (
    <div className="notices" role="alert" aria-label={texts.notices.label}>
      {notices.map((notice) => (
        <div key={notice.id} className="notice">
          <div>
            <h2>{notice.what}</h2>
            {notice.error === undefined ? <p>{notice.message}</p> : <Problem error={notice.error} />}
          </div>
          <button type="button" onClick={() => onChange(notices.filter(({ id }) => id !== notice.id))}>
            {texts.notices.dismiss}
          </button>
        </div>
      ))}
    </div>
  );
}
