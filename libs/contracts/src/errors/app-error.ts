import { z } from 'zod';
import { type ErrorCategory, type Fault, faultOf } from './category.js';
import { type ErrorName, errorRegistry, findErrorName } from './registry.js';

/** The form in which an error travels: over the bus, over REST and over the client's socket. */
export const wireErrorSchema = z.object({
  code: z.number().int(),
  name: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  /** Names the log line of an inner error. */
  correlationId: z.string().optional(),
  /** Only where it differs from what the category says. */
  fault: z.enum(['client', 'server']).optional(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/**
 * The only error that crosses a process border. It is made from the registry by name, keeps its code
 * and details over every hop and never carries a stack or a secret to a client.
 */
export class AppError extends Error {
  readonly code: number;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;
  readonly correlationId: string | undefined;
  /** Decides the log level and the metric's outcome. */
  readonly fault: Fault;

  constructor(
    readonly errorName: ErrorName,
    options: {
      message?: string;
      details?: Record<string, unknown>;
      correlationId?: string;
      cause?: unknown;
      /** Left out: what the category says. */
      fault?: Fault;
    } = {},
  ) {
    const spec = errorRegistry[errorName];
    // A refusal is an answer, and who sends nonsense gets thousands a second: a stack costs more than all the rest.
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

  /** Restores the error that the other side raised; a code this build does not know becomes an inner error. */
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

  /** True when `error` is an AppError, with this name where one is given. */
  static is(error: unknown, errorName?: ErrorName): error is AppError {
    return error instanceof AppError && (errorName === undefined || error.errorName === errorName);
  }
}
