import { type MessageLogOptions } from '@polyroom/bus';

/**
 * What is kept of each room: the most that an AppID's history may reach (`historySeconds`,
 * `historyMessages`), and long enough for a quiet room to remember where its numbers stand.
 */
export const roomLogOptions: MessageLogOptions = {
  name: 'roomlog',
  maxAgeMs: 3600_000,
  maxEntriesPerRoom: 10_000,
};
