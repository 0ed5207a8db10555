import { createHash } from 'node:crypto';
import { type RecordedStream } from '@polyroom/contracts';

const longestPart = 80;
const keptOfLong = 40;

/**
 * Path of a recording file below the recording directory: `app-<appId>/room-<roomId>/<streamId>.<UTC>.mkv`,
 * or `app-<appId>/streams/…` if a stream rather than a room is recorded.
 */
export function recordingPath({ appId, roomId, streamId }: RecordedStream, startedAtMs: number): string {
  const folder = roomId === undefined ? 'streams' : `room-${fileNamePart(roomId)}`;
  const time = new Date(startedAtMs).toISOString().replace(/[-:.]/g, '');
  return `app-${appId}/${folder}/${fileNamePart(streamId)}.${time}.mkv`;
}

/**
 * Encodes any text as part of a file name: letters, digits and `-` unchanged, every other byte as `_` and
 * hex, so that no text escapes its directory and no two texts share a name. A long text is truncated and gets
 * its hash.
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
