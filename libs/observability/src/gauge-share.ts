import { type Gauge } from 'prom-client';

/** What one application contributes to a gauge: the gauge shows the sum of all applications of the process. */
export class GaugeShare {
  private value = 0;

  constructor(private readonly gauge: Gauge) {}

  set(value: number): void {
    this.gauge.inc(value - this.value);
    this.value = value;
  }
}
