import { type ErrorName, errorRegistry, findErrorName, type WireError } from '@polyroom/contracts';

/** An error with its number in the registry: the one ZEGO Express uses where it has one. */
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

  /** An error of the registry by its name, with the registry's sentence where no other one is given. */
  static of(errorName: ErrorName, details?: Record<string, unknown>, message?: string): ZegoError {
    const spec = errorRegistry[errorName];
    return new ZegoError(spec.code, errorName, message ?? spec.summary, spec.retryable, details);
  }

  /** What the server said, with its code also where this build does not know it. */
  static fromWire(wire: WireError): ZegoError {
    return new ZegoError(wire.code, wire.name, wire.message, wire.retryable, wire.details);
  }

  /** Whatever was thrown; what is not ours becomes `fallback`. */
  static from(error: unknown, fallback: ErrorName): ZegoError {
    if (error instanceof ZegoError) {
      return error;
    }
    const problem = error instanceof Error ? error.message : String(error);
    return ZegoError.of(fallback, { problem });
  }
}

/** The result of a call that failed and never rejects. */
export function toFailure({ code, message }: ZegoError): { errorCode: number; errorMessage: string } {
  return { errorCode: code, errorMessage: message };
}

/** The registry's sentence for a code, for people. */
export function describeErrorCode(code: number): string {
  if (code === 0) {
    return 'Success.';
  }
  const errorName = findErrorName(code);
  return errorName === undefined ? 'Unknown error.' : errorRegistry[errorName].summary;
}
