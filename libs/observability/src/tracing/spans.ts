import { AppError } from '@polyroom/contracts';
import { type Span } from '@opentelemetry/api';
import { outcomeOf } from '../request-metrics.js';
import { currentTrace, getTracer, inTrace, type SpanDescription, type Trace } from './tracer.js';

/** `SpanStatusCode.ERROR`, without loading the library. */
const errorStatus = 2;

/** The span of work that is running. Without a trace, its methods do nothing. */
export class RunningSpan {
  constructor(private readonly span: Span | undefined) {}

  /** For the header of a request to another process; undefined without a trace. */
  get traceparent(): string | undefined {
    if (this.span === undefined) {
      return undefined;
    }
    const { traceId, spanId } = this.span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  }

  set(name: string, value: string | number): void {
    this.span?.setAttribute(name, value);
  }

  /** Shows the name of the error, and never its message, which may quote data. A client's fault is no failure. */
  fail(error: unknown): void {
    this.span?.setAttribute('error.type', nameOf(error));
    if (outcomeOf(error) === 'server_error') {
      this.span?.setStatus({ code: errorStatus });
    }
  }
}

const noSpan = new RunningSpan(undefined);

/**
 * Runs a request of a client. It is part of the running request if that is traced; otherwise a new trace begins, for
 * the configured part of the requests.
 */
export function traceRequest<T>(describe: () => SpanDescription, work: (span: RunningSpan) => T): T {
  const tracer = getTracer();
  if (tracer === undefined) {
    return work(noSpan);
  }
  const trace = currentTrace();
  if (trace !== undefined) {
    return run(tracer.start(describe(), trace.span), trace.entry, work);
  }
  if (Math.random() >= tracer.sample) {
    return work(noSpan);
  }
  return runEntry(tracer.start(describe(), undefined), work);
}

/** Runs the handler of a request that arrived with this `traceparent`; without one it is not traced. */
export function traceHandler<T>(
  traceparent: string | undefined,
  describe: () => SpanDescription,
  work: (span: RunningSpan) => T,
): T {
  const tracer = getTracer();
  return tracer === undefined || traceparent === undefined
    ? work(noSpan)
    : runEntry(tracer.start(describe(), traceparent), work);
}

/** Runs a step of the running request, such as a call of a store or of another service. */
export function traceCall<T>(describe: () => SpanDescription, work: (span: RunningSpan) => T): T {
  const tracer = getTracer();
  const trace = currentTrace();
  return tracer === undefined || trace === undefined
    ? work(noSpan)
    : run(tracer.start(describe(), trace.span), trace.entry, work);
}

/** A request over HTTP, whose parts run in different callbacks. */
export class HttpSpan {
  private readonly running: RunningSpan;

  private constructor(
    private readonly span: Span,
    private readonly trace: Trace,
  ) {
    this.running = new RunningSpan(span);
  }

  /**
   * Undefined if the request is not traced. Whether it is, is decided here and not by the caller, which may be any client;
   * but a traced one continues the trace of the caller.
   */
  static begin(describe: () => SpanDescription, traceparent: string | undefined): HttpSpan | undefined {
    const tracer = getTracer();
    if (tracer === undefined || Math.random() >= tracer.sample) {
      return undefined;
    }
    const span = tracer.start(describe(), traceparent);
    return new HttpSpan(span, { span, entry: { isOpen: true } });
  }

  run<T>(work: () => T): T {
    return inTrace(this.trace, work);
  }

  /** @param isFailure of ours: our error rate */
  end(status: number, isFailure: boolean): void {
    this.running.set('http.response.status_code', status);
    if (isFailure) {
      this.running.set('error.type', String(status));
      this.span.setStatus({ code: errorStatus });
    }
    this.trace.entry.isOpen = false;
    this.span.end();
  }
}

/** Fields of a log line that is written during a traced request. */
export function traceFields(): Record<string, string> {
  const trace = currentTrace();
  if (trace === undefined) {
    return {};
  }
  const { traceId, spanId } = trace.span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** A span that is the first one of a request in this process. */
function runEntry<T>(span: Span, work: (span: RunningSpan) => T): T {
  const entry = { isOpen: true };
  return run(span, entry, work, () => (entry.isOpen = false));
}

function run<T>(span: Span, entry: Trace['entry'], work: (span: RunningSpan) => T, onEnd?: () => void): T {
  const running = new RunningSpan(span);
  const end = (): void => {
    onEnd?.();
    span.end();
  };
  const fail = (error: unknown): void => {
    running.fail(error);
    end();
  };
  let result: T;
  try {
    result = inTrace({ span, entry }, () => work(running));
  } catch (error) {
    fail(error);
    throw error;
  }
  if (result instanceof Promise) {
    result.then(end, fail);
  } else {
    end();
  }
  return result;
}

function nameOf(error: unknown): string {
  return error instanceof AppError ? error.errorName : error instanceof Error ? error.name : typeof error;
}
