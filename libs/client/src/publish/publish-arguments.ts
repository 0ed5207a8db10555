import { assertMediaStream, assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { PolyroomError } from '../polyroom-error.js';

/** Refuses a stream that has no track, or only ended ones. */
export function assertSource(
  mediaStream: MediaStream | undefined,
  streamId: string,
): asserts mediaStream is MediaStream {
  if (mediaStream === undefined) {
    throw refuseArgument('PUBLISHER_PUBLISH_STREAM_FAILED', 'options.media', 'missing');
  }
  assertMediaStream(mediaStream, 'options.media');
  if (mediaStream.getTracks().length === 0) {
    throw refuseArgument('PUBLISHER_PUBLISH_STREAM_FAILED', 'options.media', 'without a track');
  }
  if (mediaStream.getTracks().every(({ readyState }) => readyState === 'ended')) {
    throw PolyroomError.of('PUBLISHER_TRACK_ENDED', { streamId });
  }
}

export function assertMuted(muted: unknown): void {
  if (!Array.isArray(muted) || !muted.every((kind) => kind === 'audio' || kind === 'video')) {
    throw illegalArgument('options.muted', "expected a list of 'audio' and 'video'");
  }
}

export function assertMute(muted: unknown, roomId: unknown): void {
  if (typeof muted !== 'boolean') {
    throw illegalArgument('mute', 'expected a boolean');
  }
  if (roomId === '') {
    throw refuseArgument('PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL', 'roomId');
  }
  if (roomId !== undefined) {
    assertText('roomId', roomId, 'roomId');
  }
}
