import { type Bus } from '@polyroom/bus';
import { type InstanceReport, instanceReportEvents, instanceReportIntervalMs } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type Health } from '../health/health.module.js';
import { build } from './build.js';

/** Reports the process and its dependencies, for the page of the cluster's health. */
export class InstanceReporter {
  private readonly startedAtMs = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly service: InstanceReport['service'],
    private readonly instanceId: string,
    private readonly bus: Bus,
    private readonly health: Health,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => this.report(), instanceReportIntervalMs);
    this.timer.unref();
    this.report();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private report(): void {
    void this.health
      .check()
      .then(({ results }) => {
        const { service, instanceId, startedAtMs } = this;
        this.bus.publish(
          instanceReportEvents[service],
          {},
          { service, instanceId, version: build.version, startedAtMs, checks: shortened(results) },
        );
      })
      .catch((error: unknown) => this.logger.warn({ err: error }, 'instance report failed'));
  }
}

const maxResultChars = 512;

const shortened = (results: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(results).map(([name, result]) => [name, result.slice(0, maxResultChars)]),
  );
