import {
  Controller,
  type DynamicModule,
  type FactoryProvider,
  Get,
  Header,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Res,
} from '@nestjs/common';
import { collectProcessMetrics, showScrape } from '@polyroom/observability';
import { register } from 'prom-client';

/** Checks of a service's dependencies; a check throws while its dependency is unavailable. */
export type HealthChecks = Record<string, () => Promise<void>>;

export interface HealthOptions {
  /** Clients reach the HTTP port: probes and metrics are served by a `MonitorServer` only. */
  onMonitorPort?: boolean;
}

export interface AsyncHealthOptions extends HealthOptions {
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

/** Probes and scrapes. Their 503 while a process starts is not a failure. */
export function isHealthRoute(route: string): boolean {
  return routes.has(route);
}

/** The state of a service for probes and scrapers. */
@Injectable()
export class Health {
  constructor(@Inject(checksToken) private readonly checks: HealthChecks) {}

  /** Readiness: the result of every check; ready if all are `ok`. */
  async check(): Promise<{ isReady: boolean; results: Record<string, string> }> {
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
    );
    return {
      isReady: results.every(([, result]) => result === 'ok'),
      results: Object.fromEntries(results),
    };
  }

  /** The checks run at every scrape, so that an outage is seen without a probe. */
  async metrics(): Promise<string> {
    const startMs = Date.now();
    const { results } = await this.check();
    showScrape(startMs, results);
    return register.metrics();
  }
}

/** What probes and scrapers ask. */
export type Monitored = Pick<Health, 'check' | 'metrics'>;

export const metricsContentType = register.contentType;

@Controller()
class HealthController {
  constructor(private readonly monitored: Health) {}

  /** Liveness: the event loop runs. */
  @Get('healthz')
  @HttpCode(200)
  health(): { status: string } {
    return { status: 'ok' };
  }

  /** Readiness: all dependencies are available. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: StatusReply): Promise<Record<string, string>> {
    const { isReady, results } = await this.monitored.check();
    if (!isReady) {
      reply.status(503);
    }
    return results;
  }

  @Get('metrics')
  @Header('content-type', metricsContentType)
  metrics(): Promise<string> {
    return this.monitored.metrics();
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

/** `/healthz`, `/readyz` and `/metrics` of a service. */
@Module({})
export class HealthModule {
  static register({ checks, ...options }: HealthOptions & { checks: HealthChecks }): DynamicModule {
    return HealthModule.registerAsync({ ...options, useFactory: () => checks });
  }

  /** As `register`, for checks that inject providers of other modules. */
  static registerAsync({
    imports = [],
    inject = [],
    useFactory,
    onMonitorPort = false,
  }: AsyncHealthOptions): DynamicModule {
    collectProcessMetrics();
    return {
      module: HealthModule,
      imports,
      controllers: onMonitorPort ? [] : [HealthController],
      providers: [{ provide: checksToken, inject, useFactory }, Health],
    };
  }
}
