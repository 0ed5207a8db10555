import { showScrape } from '@polyroom/observability';
import { register } from 'prom-client';
import { type Monitored } from './health.module.js';

/** A service of the process. */
export interface MonitoredService {
  readonly name: string;
  /** Undefined until the service runs. */
  readonly health: Monitored | undefined;
  /** The dependencies that its start waits for, and the reasons. */
  describeAwaited(): Record<string, string>;
}

/** The result of a service that starts and waits for nothing. */
const starting = 'start';

/** The state of all services of a process: ready if every one is. */
export class ProcessHealth implements Monitored {
  constructor(private readonly services: () => readonly MonitoredService[]) {}

  /** The result of every check, as `service.check`; of a service that starts, what it waits for. */
  async check(): Promise<{ isReady: boolean; results: Record<string, string> }> {
    const results = await this.checkAll();
    return {
      isReady: this.services().length > 0 && results.every(({ result }) => result === 'ok'),
      results: Object.fromEntries(
        results.map(({ service, check, result }) => [`${service}.${check}`, result]),
      ),
    };
  }

  /** A dependency is up if all services reach it. */
  async metrics(): Promise<string> {
    const startMs = Date.now();
    const dependencies: Record<string, string> = {};
    for (const { check, result } of await this.checkAll()) {
      if (check === starting) {
        continue;
      }
      if (dependencies[check] === undefined || result !== 'ok') {
        dependencies[check] = result;
      }
    }
    showScrape(startMs, dependencies);
    return register.metrics();
  }

  private async checkAll(): Promise<{ service: string; check: string; result: string }[]> {
    const results = await Promise.all(
      this.services().map(async (service) => {
        const own = await resultsOf(service);
        return Object.entries(own).map(([check, result]) => ({ service: service.name, check, result }));
      }),
    );
    return results.flat();
  }
}

async function resultsOf(service: MonitoredService): Promise<Record<string, string>> {
  if (service.health !== undefined) {
    const { results } = await service.health.check();
    return results;
  }
  const awaited = service.describeAwaited();
  return Object.keys(awaited).length > 0 ? awaited : { [starting]: 'in progress' };
}
