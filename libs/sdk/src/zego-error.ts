import { type ErrorName, errorRegistry, findErrorName, type WireError } from '@polyroom/contracts';

/** An error with its code in the registry: ZEGO Express's code where one exists. */
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

  /** Creates an error by its registry name, with the registry's message unless another one is given. */
  static of(errorName: ErrorName, details?: Record<string, unknown>, message?: string): ZegoError {
    const spec = errorRegistry[errorName];
    return new ZegoError(spec.code, errorName, message ?? spec.summary, spec.retryable, details);
  }

  /** The server's error; a code that this build does not know is kept. */
  static fromWire(wire: WireError): ZegoError {
    return new ZegoError(wire.code, wire.name, wire.message, wire.retryable, wire.details);
  }

  /** Converts a thrown value; anything but a ZegoError becomes `fallback`. */
  static from(error: unknown, fallback: ErrorName): ZegoError {
    if (error instanceof ZegoError) {
      return error;
    }
    const problem = error instanceof Error ? error.message : String(error);
    return ZegoError.of(fallback, { problem });
  }
}

/** The result of a failed call for methods that never reject. */
export function toFailure({ code, message }: ZegoError): { errorCode: number; errorMessage: string } {
  return { errorCode: code, errorMessage: message };
}

/** The registry's message for a code. */
export function describeErrorCode(code: number): string {
  if (code === 0) {
    return 'Success.';
  }
  const errorName = findErrorName(code);
  return errorName === undefined ? 'Unknown error.' : errorRegistry[errorName].summary;
}
