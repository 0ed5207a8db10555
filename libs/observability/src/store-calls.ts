import { Counter, Histogram } from 'prom-client';
import { secondsSince, storeDurationBuckets } from './duration-buckets.js';
import { outcomeOf } from './request-metrics.js';

/** Calls of one store by this process. */
export class StoreCalls<Label extends string> {
  private readonly seconds: Histogram<Label>;
  private readonly failures: Counter<Label>;

  /** `name` is a prefix of the metrics, `what` the plural in their help. The sets of label values must be small and fixed. */
  constructor(name: string, what: string, labelNames: readonly Label[]) {
    this.seconds = new Histogram({
      name: `${name}_duration_seconds`,
      help: `Time until ${what} are answered, without failures.`,
      labelNames,
      buckets: storeDurationBuckets,
    });
    this.failures = new Counter({
      name: `${name}_failures_total`,
      help: `Failures of ${what}: no answer, or an error of the server.`,
      labelNames,
    });
  }

  /** Shows 0 failures from the start: Prometheus sees no increase in a series that begins with its first failure. */
  expect(labels: Record<Label, string>): void {
    this.failures.inc(labels, 0);
  }

  async measure<T>(labels: Record<Label, string>, work: Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      const result = await work;
      this.seconds.observe(labels, secondsSince(startMs));
      return result;
    } catch (error) {
      // A refusal by a rule is an answer, but of another kind than the measured ones.
      if (outcomeOf(error) === 'server_error') {
        this.failures.inc(labels);
      }
      throw error;
    }
  }
}
