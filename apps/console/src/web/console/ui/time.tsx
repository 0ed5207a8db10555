import { type ReactNode } from 'react';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const formatTime = (ms: number): string => format.format(ms);

/** A moment in the time zone of the browser; its title is exact, in UTC. */
export function Time({ ms }: { ms: number }): ReactNode {
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {formatTime(ms)}
    </time>
  );
}
