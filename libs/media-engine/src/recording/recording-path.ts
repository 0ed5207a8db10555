import { createHash } from 'node:crypto';
import { type RecordedStream } from '@polyroom/contracts';

const longestPart = 80;
const keptOfLong = 40;

/**
 * Where a file of a recording lies below the directory of recordings:
 * `app-<appId>/room-<roomId>/<streamId>.<UTC>.mkv`, or `app-<appId>/streams/…` where a stream and not a room is
 * recorded.
 */
export function recordingPath({ appId, roomId, streamId }: RecordedStream, startedAtMs: number): string {
  const folder = roomId === undefined ? 'streams' : `room-${fileNamePart(roomId)}`;
  const time = new Date(startedAtMs).toISOString().replace(/[-:.]/g, '');
  return `app-${appId}/${folder}/${fileNamePart(streamId)}.${time}.mkv`;
}

/**
 * Any text as a part of a file name: letters, digits and `-` as they are, every other byte as `_` and hex, so that
 * nothing leads out of its directory and no two texts share a name. A long one is cut and gets its hash.
 */
export function fileNamePart(text: string): string {
  const encoded = Array.from(new TextEncoder().encode(text), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[0-9A-Za-z-]/.test(letter) ? letter : `_${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  if (encoded.length <= longestPart) {
    return encoded;
  }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24);
  return `${encoded.slice(0, keptOfLong)}~${hash}`;
}
