import { type ClientErrorName, clientErrors, findClientErrorName } from '@polyroom/contracts/client';

/** An error as servers send it. */
export interface WireError {
  code: number;
  name: string;
  message: string;
  retryable: boolean;
  details?: Record<string, unknown> | undefined;
}

/** The only error that the SDK throws or rejects with. */
export class PolyroomError extends Error {
  override readonly name = 'PolyroomError';

  constructor(
    /** The code in the registry. Never changes. */
    readonly code: number,
    /** Its name in the registry, such as `ROOM_EXCEED_MAXIMUM_MEMBER`. */
    readonly errorName: ClientErrorName | (string & Record<never, never>),
    message: string,
    /** Whether the same call may succeed later. */
    readonly retryable: boolean,
    readonly details?: Record<string, unknown>,
  ) {
    super(message);
  }

  /** Creates an error by its registry name, with the registry's message unless another one is given. */
  static of(errorName: ClientErrorName, details?: Record<string, unknown>, message?: string): PolyroomError {
    const spec = clientErrors[errorName];
    return new PolyroomError(spec.code, errorName, message ?? spec.summary, spec.retryable, details);
  }

  /** The error of a code; a code that this build does not know is kept. */
  static ofCode(code: number): PolyroomError {
    const errorName = findClientErrorName(code);
    return errorName === undefined
      ? new PolyroomError(code, 'UNKNOWN', describeErrorCode(code), false)
      : PolyroomError.of(errorName);
  }

  /** The server's error; a code that this build does not know is kept. */
  static fromWire(wire: WireError): PolyroomError {
    return new PolyroomError(wire.code, wire.name, wire.message, wire.retryable, wire.details);
  }

  /** Converts a thrown value; anything but a PolyroomError becomes `fallback`. */
  static from(error: unknown, fallback: ClientErrorName): PolyroomError {
    if (error instanceof PolyroomError) {
      return error;
    }
    const problem = error instanceof Error ? error.message : String(error);
    return PolyroomError.of(fallback, { problem });
  }
}

/** The registry's message for a code. */
export function describeErrorCode(code: number): string {
  if (code === 0) {
    return 'Success.';
  }
  const errorName = findClientErrorName(code);
  return errorName === undefined ? 'Unknown error.' : clientErrors[errorName].summary;
}
