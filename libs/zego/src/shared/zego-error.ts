import { type ClientErrorName, clientErrors } from '@polyroom/contracts/client';
import { PolyroomError } from '@polyroom/sdk';

/** An error with ZEGO Express's code where one exists. */
export class ZegoError extends Error {
  override readonly name = 'ZegoError';

  constructor(
    readonly code: number,
    readonly errorName: string,
    message: string,
    readonly retryable: boolean,
    readonly details?: Record<string, unknown>,
  ) {
    super(message);
  }

  /** The name of `code` in ZEGO's Web SDK. */
  get errorCode(): number {
    return this.code;
  }

  /** As in ZEGO's Web SDK: JSON with the name, the message and the details. */
  get extendedData(): string {
    return describe(this);
  }

  /** Creates an error by its registry name, with the registry's message unless another one is given. */
  static of(errorName: ClientErrorName, details?: Record<string, unknown>, message?: string): ZegoError {
    const spec = clientErrors[errorName];
    return new ZegoError(spec.code, errorName, message ?? spec.summary, spec.retryable, details);
  }
}

/** Names of arguments in the core, and in the call of the face. Other names only change `Id` to `ID`. */
export type ArgumentNames = Record<string, string>;

/** The error of the core with the names that the caller of the face used. */
export function toZegoError(error: unknown, names: ArgumentNames = {}): ZegoError {
  if (error instanceof ZegoError) {
    return error;
  }
  const { code, details, errorName, message, retryable } = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  const path = details?.['path'];
  if (details === undefined) {
    return new ZegoError(code, errorName, message, retryable);
  }
  const renamed = Object.fromEntries(Object.entries(details).map(([key, value]) => [toZegoName(key), value]));
  if (typeof path !== 'string') {
    return new ZegoError(code, errorName, message, retryable, renamed);
  }
  const name = toArgument(path, names);
  const text = message.startsWith(`${path}: `) ? `${name}${message.slice(path.length)}` : message;
  return new ZegoError(code, errorName, text, retryable, { ...renamed, path: name });
}

/** Settles like the promise, and rejects with a ZegoError. */
export async function translated<T>(work: Promise<T>, names?: ArgumentNames): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toZegoError(error, names);
  }
}

/** The result of a failed call for methods that never reject. */
export function toFailure({ code, message }: ZegoError): { errorCode: number; errorMessage: string } {
  return { errorCode: code, errorMessage: message };
}

/** For `extendedData`. */
export function describe(error: ZegoError): string {
  return JSON.stringify({
    error_name: error.errorName,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

function toArgument(path: string, names: ArgumentNames): string {
  // An item of a list: `userIds[1]` may be `toUserList[1].userID` in the face.
  const [, list, index] = /^(.*)\[(\d+)\]$/.exec(path) ?? [];
  const item = list === undefined ? undefined : names[`${list}[]`];
  return item === undefined ? (names[path] ?? toZegoName(path)) : item.replace('[]', `[${index}]`);
}

function toZegoName(name: string): string {
  return name.replace(/Id(s?)(?![a-z])/g, 'ID$1');
}
