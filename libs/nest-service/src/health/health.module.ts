import {
  Controller,
  type DynamicModule,
  type FactoryProvider,
  Get,
  Header,
  HttpCode,
  Inject,
  Module,
  Res,
} from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';

/** What a service needs to do its work: each check throws while that is missing. */
export type HealthChecks = Record<string, () => Promise<void>>;

export interface AsyncHealthOptions {
  imports?: DynamicModule['imports'];
  inject?: FactoryProvider['inject'];
  useFactory: FactoryProvider<HealthChecks>['useFactory'];
}

const checksToken = Symbol('health checks');
const checkDeadlineMs = 2000;

interface StatusReply {
  status(code: number): unknown;
}

const routes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Probes and scrapes: a process that starts answers 503 to them without anything having failed. */
export function isHealthRoute(route: string): boolean {
  return routes.has(route);
}

@Controller()
class HealthController {
  constructor(@Inject(checksToken) private readonly checks: HealthChecks) {}

  /** Alive: the event loop turns. */
  @Get('healthz')
  @HttpCode(200)
  health(): { status: string } {
    return { status: 'ok' };
  }

  /** Ready: everything that the service depends on answers. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: StatusReply): Promise<Record<string, string>> {
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
    );
    if (results.some(([, result]) => result !== 'ok')) {
      reply.status(503);
    }
    return Object.fromEntries(results);
  }

  @Get('metrics')
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}

async function runCheck(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), checkDeadlineMs);
  });
  try {
    await Promise.race([check(), deadline]);
    return 'ok';
  } catch (error) {
    return (error as Error).message;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * How often the delay of the event loop is looked at. Each look wakes the process up: the library's own 10 ms
 * is 1% of a core for every process that has nothing to do.
 */
const loopSampleIntervalMs = 100;

/** `/healthz`, `/readyz` and `/metrics` of a service. */
@Module({})
export class HealthModule {
  static register(options: { checks: HealthChecks }): DynamicModule {
    return HealthModule.registerAsync({ useFactory: () => options.checks });
  }

  /** As `register`, with checks that need providers of other modules. */
  static registerAsync({ imports = [], inject = [], useFactory }: AsyncHealthOptions): DynamicModule {
    // Once a process, also where several applications run in it.
    if (register.getSingleMetric('process_cpu_user_seconds_total') === undefined) {
      collectDefaultMetrics({ eventLoopMonitoringPrecision: loopSampleIntervalMs });
    }
    return {
      module: HealthModule,
      imports,
      controllers: [HealthController],
      providers: [{ provide: checksToken, inject, useFactory }],
    };
  }
}
