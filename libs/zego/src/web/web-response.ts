import { describe, toZegoError } from '../shared/zego-error.js';
import { type ZegoServerResponse } from './web-types.js';

const done: ZegoServerResponse = { errorCode: 0, extendedData: '' };

/** The response of a call that does not reject. */
export async function respond(
  work: Promise<unknown>,
  names?: Record<string, string>,
): Promise<ZegoServerResponse> {
  try {
    await work;
    return done;
  } catch (error) {
    const failure = toZegoError(error, names);
    return { errorCode: failure.code, extendedData: describe(failure) };
  }
}

/** The response for a result of the native face. */
export function toResponse({
  errorCode,
  errorMessage,
}: {
  errorCode: number;
  errorMessage?: string;
}): ZegoServerResponse {
  return errorMessage === undefined
    ? { ...done, errorCode }
    : { errorCode, extendedData: JSON.stringify({ message: errorMessage }) };
}
