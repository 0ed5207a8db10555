import { z } from 'zod';
import { type ErrorCategory, type Fault, faultOf } from './category.js';
import { type ErrorName, errorRegistry, findErrorName } from './registry.js';

/** Wire form of an error: on the bus, in REST and on the client's socket. */
export const wireErrorSchema = z.object({
  code: z.number().int(),
  name: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  /** Identifies the log line of an internal error. */
  correlationId: z.string().optional(),
  /** Only if it differs from that of the category. */
  fault: z.enum(['client', 'server']).optional(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/**
 * The only error that crosses a process boundary. Created from the registry by name, it keeps its code and
 * details over every hop and never carries a stack or a secret to a client.
 */
export class AppError extends Error {
  readonly code: number;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;
  readonly correlationId: string | undefined;
  /** Determines the log level and the metric's outcome. */
  readonly fault: Fault;

  constructor(
    readonly errorName: ErrorName,
    options: {
      message?: string;
      details?: Record<string, unknown>;
      correlationId?: string;
      cause?: unknown;
      /** If omitted, the fault of the category. */
      fault?: Fault;
    } = {},
  ) {
    const spec = errorRegistry[errorName];
    // No stack: a refusal is a normal reply, a misbehaving client causes thousands a second, and the stack
    // would dominate the cost.
    const { stackTraceLimit } = Error;
    const fault = options.fault ?? faultOf(spec.category);
    Error.stackTraceLimit = fault === 'server' ? stackTraceLimit : 0;
    super(
      options.message ?? spec.summary,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.code = spec.code;
    this.category = spec.category;
    this.retryable = spec.retryable;
    this.details = options.details;
    this.correlationId = options.correlationId;
    this.fault = fault;
  }

  toWire(): WireError {
    return {
      code: this.code,
      name: this.errorName,
      message: this.message,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
      ...(this.correlationId === undefined ? {} : { correlationId: this.correlationId }),
      ...(this.fault === faultOf(this.category) ? {} : { fault: this.fault }),
    };
  }

  /**
   * Restores an error received from another process; a code unknown to this build becomes an internal error.
   */
  static fromWire(wire: WireError): AppError {
    const errorName = findErrorName(wire.code);
    if (errorName === undefined) {
      return new AppError('ROOM_INNER_ERROR', {
        details: { unknownCode: wire.code },
        ...(wire.correlationId === undefined ? {} : { correlationId: wire.correlationId }),
      });
    }
    return new AppError(errorName, {
      message: wire.message,
      ...(wire.details === undefined ? {} : { details: wire.details }),
      ...(wire.correlationId === undefined ? {} : { correlationId: wire.correlationId }),
      ...(wire.fault === undefined ? {} : { fault: wire.fault }),
    });
  }

  /** Whether `error` is an AppError, with the given name if there is one. */
  static is(error: unknown, errorName?: ErrorName): error is AppError {
    return error instanceof AppError && (errorName === undefined || error.errorName === errorName);
  }
}
