import { type MessageLogOptions } from './message-log.js';

/**
 * Retention per room: the maximum of an AppID's history (`historySeconds`, `historyMessages`), and long
 * enough for a quiet room to keep its numbering.
 */
export const roomLogOptions: MessageLogOptions = {
  name: 'roomlog',
  maxAgeMs: 3600_000,
  maxEntriesPerRoom: 10_000,
};
