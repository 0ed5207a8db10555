import {
  type CallerText,
  describeArgument,
  type ClientErrorName,
  clientErrors,
  findExtraInfoError,
  findTextError,
} from '@polyroom/contracts/client';
import { PolyroomError } from './polyroom-error.js';

/** An `ILLEGAL_ARGUMENT` error of the public API; the message and `details.path` name the argument. */
export function illegalArgument(path: string, problem: string): PolyroomError {
  return PolyroomError.of('COMMON_ILLEGAL_PARAM', { path, problem }, describeArgument(path, problem));
}

/** Same as `illegalArgument`, with a specific error code. */
export function refuseArgument(
  errorName: ClientErrorName,
  path: string,
  problem: string = clientErrors[errorName].summary,
): PolyroomError {
  return PolyroomError.of(errorName, { path }, describeArgument(path, problem));
}

/** Validates an ID or a user name. */
export function findTextProblem(kind: CallerText, value: unknown, path: string): PolyroomError | undefined {
  const errorName = findTextError(kind, value);
  return errorName === undefined ? undefined : refuseArgument(errorName, path);
}

/** Throws the error that `findTextProblem` returns. */
export function assertText(kind: CallerText, value: unknown, path: string): asserts value is string {
  const problem = findTextProblem(kind, value, path);
  if (problem !== undefined) {
    throw problem;
  }
}

export function assertExtraInfo(value: unknown, path: string): asserts value is string {
  const errorName = findExtraInfoError(value);
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
    throw illegalArgument('channel', 'expected a publish channel (0 to 3)');
  }
}

export function assertObject(value: unknown, path: string): void {
  if (Object(value) !== value) {
    throw illegalArgument(path, 'expected an object');
  }
}

/** Refuses options that do not exist: most of them are misspelt. */
export function assertKnown(options: unknown, path: string, names: readonly string[]): void {
  if (options !== undefined) {
    assertObject(options, path);
  }
  const unknown = Object.keys(Object(options) as object).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw illegalArgument(path === '' ? unknown : `${path}.${unknown}`, 'unknown option');
  }
}
