import { type OtlpOptions } from './otlp-tracer.js';
import { getTracer, setTracer } from './tracer.js';

/**
 * Switches tracing on, unless `sample` is 0: then the SDK of OpenTelemetry is not loaded. Loggers that are created later
 * add the IDs of traces to their lines.
 */
export async function startTracing(options: OtlpOptions): Promise<void> {
  if (options.sample > 0) {
    const { createOtlpTracer } = await import('./otlp-tracer.js');
    setTracer(createOtlpTracer(options));
  }
}

export function isTracing(): boolean {
  return getTracer() !== undefined;
}

/** Switches tracing off, and sends what is left. */
export async function stopTracing(): Promise<void> {
  const tracer = getTracer();
  setTracer(undefined);
  await tracer?.close();
}
