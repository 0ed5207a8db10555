import { type ReactNode } from 'react';
import { texts } from '../texts.js';
import { type LogLine } from './log-lines.js';

function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour12: false });
}

/** The events of the client in words, the newest first. */
export function EventLog({ lines }: { lines: readonly LogLine[] }): ReactNode {
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">{texts.log.title}</h2>
      <div className="log" role="log" aria-labelledby="log-title" tabIndex={0}>
        {lines.length === 0 && <p className="empty">{texts.log.empty}</p>}
        <ol>
          {lines.map(({ atMs, id, isProblem, roomIds, text }) => (
            <li key={id} className={isProblem ? 'failed' : undefined}>
              <time>{clock(atMs)}</time>
              {roomIds.map((roomId) => (
                <span key={roomId} className="chip">
                  {roomId}
                </span>
              ))}
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
