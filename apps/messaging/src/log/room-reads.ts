import { type OrderedMessage } from '@polyroom/contracts';
import { withoutDeleted } from './deletions.js';
import { type LogEntry, type LogStore, type ReadFrom } from './log-store.js';

/** Tolerated difference between the clocks of writers and servers in the short search. */
const clockSlackMs = 2000;

/** The messages of the current epoch. Reads to the end, where the deletions of earlier messages are. */
export async function readToEnd(
  store: LogStore,
  subject: string,
  last: LogEntry,
  from: ReadFrom,
): Promise<OrderedMessage[]> {
  const entries = await store.read(subject, from, last);
  return withoutDeleted(
    entries
      .filter(({ stored }) => stored.epoch === last.stored.epoch)
      .flatMap(({ stored }) => stored.messages),
  );
}

/** Where to begin a search for a message: a little before it was stored. */
export function timeOf(messageId: number): { timeMs: number } {
  return { timeMs: Math.max(0, messageId / 1000 - clockSlackMs) };
}
