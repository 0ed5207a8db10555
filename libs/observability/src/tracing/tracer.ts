import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, type Span } from '@opentelemetry/api';

/** What a span shows. Neither content of users nor a secret: traces leave the cluster. */
export interface SpanDescription {
  /** One of a small set: no IDs. */
  name: string;
  /** `SpanKind` of OpenTelemetry; `internal` by default. */
  kind?: 'client' | 'server' | 'producer';
  /** Names as in the semantic conventions of OpenTelemetry, or `polyroom.…`. */
  attributes?: Attributes;
}

/** Makes spans and sends them. The part of tracing that needs the SDK of OpenTelemetry. */
export interface Tracer {
  /** The part of the requests of clients that is traced, 0 to 1. */
  readonly sample: number;
  /** `parent` is a span of this process, or a `traceparent`; without a valid one a new trace begins. */
  start(description: SpanDescription, parent: Span | string | undefined): Span;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** What one process does for one request. */
interface Entry {
  /** False after the reply: work that continues, and timers that it set, belong to no trace. */
  isOpen: boolean;
}

/** The running request and its innermost span. */
export interface Trace {
  readonly span: Span;
  readonly entry: Entry;
}

/** Undefined while tracing is off. */
let tracer: Tracer | undefined;
/** Entered for sampled requests only. */
const traces = new AsyncLocalStorage<Trace | undefined>();

export function setTracer(next: Tracer | undefined): void {
  tracer = next;
}

export function getTracer(): Tracer | undefined {
  return tracer;
}

/** The trace of the request that is running; undefined if none is traced. */
export function currentTrace(): Trace | undefined {
  if (tracer === undefined) {
    return undefined;
  }
  const trace = traces.getStore();
  return trace?.entry.isOpen === true ? trace : undefined;
}

/**
 * Runs work as part of another request: that of a batch, which requests share. Without one it is part of none,
 * whichever request it is called in.
 */
export function inTrace<T>(trace: Trace | undefined, work: () => T): T {
  return tracer === undefined || traces.getStore() === trace ? work() : traces.run(trace, work);
}
