import { type MessageLogOptions } from '@polyroom/bus';

/** What is kept of each room: long enough for a client that comes back after a break. */
export const roomLogOptions: MessageLogOptions = {
  name: 'roomlog',
  maxAgeMs: 5 * 60_000,
  maxMessagesPerRoom: 1000,
};
