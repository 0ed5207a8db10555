import { createHash, randomBytes } from 'node:crypto';
import { type RecordingTarget } from '@polyroom/contracts';

/** An ID contains the hash of its target, from which the key of its order is derived. */
const idPattern = /^rc_([0-9a-f]{16})_[0-9a-f]{32}$/;

export function newRecordingId(target: RecordingTarget): string {
  return `rc_${hashOf(target)}_${randomBytes(16).toString('hex')}`;
}

/** One key per target, so that a second order for it is refused. */
export function keyOfTarget(target: RecordingTarget): string {
  return `${target.appId}.${hashOf(target)}`;
}

/** The key of the order with this ID; undefined if the ID is malformed. */
export function keyOfRecording(appId: number, recordingId: string): string | undefined {
  const hash = idPattern.exec(recordingId)?.[1];
  return hash === undefined ? undefined : `${appId}.${hash}`;
}

function hashOf({ roomId, streamId }: RecordingTarget): string {
  const text = roomId === undefined ? `stream ${streamId}` : `room ${roomId}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
