import { Gauge, register } from 'prom-client';

/** Takes one sample of the gauge. The sets of label values must be small. */
export type SetSample = (value: number, labels?: Record<string, string>) => void;

export interface ScrapedGauge {
  name: string;
  help: string;
  labelNames?: string[];
  /** Called at each scrape, without the samples of the one before. An error fails the scrape. */
  read: (set: SetSample) => void | Promise<void>;
}

/** Gauges that cost nothing between scrapes. */
export class ScrapedGauges {
  private readonly gauges: ReadonlyMap<string, Gauge>;

  /** Replaces gauges of the same names: of several applications in one process, the last one is shown. */
  constructor(gauges: readonly ScrapedGauge[]) {
    gauges.forEach(({ name }) => register.removeSingleMetric(name));
    this.gauges = new Map(gauges.map((gauge) => [gauge.name, open(gauge)]));
  }

  /** Removes them from the metrics of the process. Idempotent. */
  close(): void {
    for (const [name, gauge] of this.gauges) {
      if (register.getSingleMetric(name) === gauge) {
        register.removeSingleMetric(name);
      }
    }
  }
}

function open({ name, help, labelNames = [], read }: ScrapedGauge): Gauge {
  return new Gauge({
    name,
    help,
    labelNames,
    async collect() {
      this.reset();
      await read((value, labels = {}) => this.set(labels, value));
    },
  });
}
