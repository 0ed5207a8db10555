import { type ClientResult } from '@polyroom/contracts/client';
import { type MediaConnection } from './media-connection.js';

interface PublishedStream {
  streamId: string;
  media: MediaConnection | undefined;
  roomIds: ReadonlySet<string>;
  /** Rooms in which the servers have confirmed it; some of them may no longer show it. */
  sharedIn: ReadonlySet<string>;
}

/**
 * What became of a published stream while its session had no connection: it ended with its rooms or transports
 * (`lost`), or, because the session still has both, was stopped by an operator or the application's server
 * (`stopped`). Undefined: neither.
 */
export function fateOf(
  stream: PublishedStream,
  resumed: ClientResult<'session.resume'>,
  current: MediaConnection | undefined,
): 'lost' | 'stopped' | undefined {
  const { media, roomIds, sharedIn } = stream;
  if (media === undefined || resumed.upstreams.some(({ streamId }) => streamId === stream.streamId)) {
    return undefined;
  }
  const isRoomKept = resumed.rooms.some(({ roomId }) => roomIds.has(roomId) && sharedIn.has(roomId));
  return isRoomKept && media === current && resumed.media === undefined ? 'stopped' : 'lost';
}
