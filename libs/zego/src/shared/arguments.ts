import {
  type CallerText,
  describeArgument,
  type ClientErrorName,
  clientErrors,
  findTextError,
} from '@polyroom/contracts/client';
import { ZegoError } from './zego-error.js';

/** The error of an invalid argument (1000017). */
export function illegalArgument(path: string, problem: string): ZegoError {
  return ZegoError.of('COMMON_ILLEGAL_PARAM', { path, problem }, describeArgument(path, problem));
}

/** Same as `illegalArgument`, with a specific error code. */
export function refuseArgument(
  errorName: ClientErrorName,
  path: string,
  problem: string = clientErrors[errorName].summary,
): ZegoError {
  return ZegoError.of(errorName, { path }, describeArgument(path, problem));
}

export function assertText(kind: CallerText, value: unknown, path: string): asserts value is string {
  const errorName = findTextError(kind, value);
  if (errorName !== undefined) {
    throw refuseArgument(errorName, path);
  }
}

export function assertListener(listener: unknown): void {
  if (typeof listener !== 'function') {
    throw illegalArgument('listener', 'expected a function');
  }
}

export function assertMediaStream(value: unknown, path: string): asserts value is MediaStream {
  if (typeof (Object(value) as Partial<MediaStream>).getTracks !== 'function') {
    throw illegalArgument(path, 'expected a MediaStream');
  }
}

export function assertChannel(channel: unknown): void {
  if (!(typeof channel === 'number' && Number.isInteger(channel) && channel >= 0 && channel <= 3)) {
    throw illegalArgument('channel', 'expected a ZegoPublishChannel (0 to 3)');
  }
}
