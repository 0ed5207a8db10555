import { hostname } from 'node:os';
import {
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { ExportResultCode, parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type SpanDescription, type Tracer } from './tracer.js';

export interface OtlpOptions {
  /** The service, such as `room`. */
  service: string;
  version: string;
  /** The part of the requests of clients that is traced, 0 to 1. */
  sample: number;
  /** Called at the first failure of sending spans, and at the first one after each success. */
  onFailure: (reason: string) => void;
}

const kinds = { client: SpanKind.CLIENT, server: SpanKind.SERVER, producer: SpanKind.PRODUCER };
/** Longer texts, such as a room ID of 127 characters, are not expected. */
const maxAttributeChars = 256;

/**
 * Sends spans over HTTP by OTLP. The exporter reads where to, and the resource its attributes, from the variables that
 * the specification of OpenTelemetry names.
 */
export function createOtlpTracer({ service, version, sample, onFailure }: OtlpOptions): Tracer {
  // Warnings of the libraries, such as a certificate file that they cannot read. `reportFailures` has their errors.
  diag.setLogger(
    { error: () => {}, warn: onFailure, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const own = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'polyroom',
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
  });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    // Only sampled requests get here.
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: maxAttributeChars },
    spanProcessors: [
      // At its default interval of 5 s: each sending costs a process more than the spans in it.
      new BatchSpanProcessor({ exporter: reportFailures(new OTLPTraceExporter(), onFailure) }),
    ],
  });
  const tracer = provider.getTracer('polyroom', version);
  return {
    sample,
    start: ({ name, kind, attributes = {} }: SpanDescription, parent) =>
      tracer.startSpan(
        name,
        { kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind], attributes },
        contextOf(parent),
      ),
    close: () => provider.shutdown(),
  };
}

function contextOf(parent: Span | string | undefined): Context {
  if (typeof parent === 'object') {
    return trace.setSpan(ROOT_CONTEXT, parent);
  }
  const remote = parent === undefined ? null : parseTraceParent(parent);
  return remote === null
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true, traceFlags: TraceFlags.SAMPLED });
}

/** The exporter, which says once that it fails: requests continue, and a collector may be away for hours. */
function reportFailures(exporter: SpanExporter, onFailure: (reason: string) => void): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const { code, error } = result;
        if (code === ExportResultCode.FAILED && !isFailing) {
          onFailure(error?.message ?? 'no reason given');
        }
        isFailing = code === ExportResultCode.FAILED;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
