import { setFlagsFromString } from 'node:v8';
import { settlesWithin } from '@polyroom/async';
import { LocalResponders } from '@polyroom/bus';
import { ConfigError, type Environment } from '@polyroom/config';
import { createLogger, type Logger, startTracing, stopTracing } from '@polyroom/observability';
import { ProcessHealth } from '../health/process-health.js';
import { build } from './build.js';
import { StartError } from './dependencies.js';
import { describeReason } from './describe-reason.js';
import { type MonitorAddress, MonitorServer } from './monitor-server.js';
import { type ServiceDefinition } from './service-definition.js';
import { type ServiceHost, ServiceStart } from './service-start.js';

const signals = ['SIGTERM', 'SIGINT'] as const;
/** How long the end of a process waits for a collector of traces. */
const sendTracesDeadlineMs = 1000;
/** Deadline for closing services of a process in which another one cannot start. */
const failedCloseDeadlineMs = 5000;

/**
 * Runs a service as a process. Closes it on SIGTERM and SIGINT; a second signal ends the process at once. If the
 * service cannot start, logs the reason in one line and exits with code 1.
 */
export async function runProcess(service: ServiceDefinition): Promise<void> {
  prepareProcess();
  await new ServiceProcess(service.name).run(() => ({ stages: [[{ service, env: undefined }]] }));
}

/** A service of a process, with its environment. */
export interface HostedService {
  service: ServiceDefinition;
  env: Environment | undefined;
}

export interface HostOptions {
  logLevel?: string;
  /** Serves the probes and metrics of all services; by default each service serves its own. */
  monitor?: MonitorAddress;
  /** Services of one stage start and close together. Stages close in this order, and all start at once. */
  stages: HostedService[][];
}

/**
 * Runs several services as one process, as `runProcess` does with one. If one of them cannot start, the others are
 * closed and the process exits. With a common monitor, services that clients do not reach open no HTTP port.
 *
 * @param name of the process in logs and traces
 * @param configure reads the configuration; a ConfigError is logged like that of a service
 */
export async function runHost(name: string, configure: () => HostOptions): Promise<void> {
  prepareProcess();
  await new ServiceProcess(name, createLogger(name)).run(configure);
}

function prepareProcess(): void {
  // process.exit waits for V8's worker threads. One that compiles baseline code may wait for a garbage collection of
  // the exiting main thread, and the process never ends. Without this flag the main thread compiles that code.
  setFlagsFromString('--no-concurrent-sparkplug');
  // What a service writes is for its own user. A default ACL of a directory may say otherwise.
  process.umask(0o077);
}

/** The services of this process: handles signals from the beginning, and the failure of a start. */
class ServiceProcess implements ServiceHost {
  private stages: ServiceStart[][] = [];
  private shared: MonitorServer | undefined;
  private responders: LocalResponders | undefined;
  private tracing: Promise<void> | undefined;
  private ending = false;

  constructor(
    private readonly name: string,
    /** Undefined: that of its only service. */
    private hostLogger?: Logger,
  ) {
    signals.forEach((signal) => process.on(signal, this.stop));
  }

  get monitor(): MonitorServer | undefined {
    return this.shared;
  }

  private get logger(): Logger {
    return this.hostLogger ?? this.stages[0]?.[0]?.logger ?? createLogger(this.name);
  }

  get local(): LocalResponders | undefined {
    return this.responders;
  }

  trace(sample: number, logger: Logger): Promise<void> {
    this.tracing ??= startTracing({
      service: this.name,
      version: build.version,
      sample,
      onFailure: (reason) => logger.warn({ reason }, 'traces are not sent'),
    });
    return this.tracing;
  }

  async run(configure: () => HostOptions): Promise<void> {
    // Errors that a library throws outside of its promises during the start.
    const fail = (error: unknown): void => void this.fail(error, this.logger);
    process.once('uncaughtException', fail);
    try {
      const { logLevel, monitor, stages } = configure();
      if (this.hostLogger !== undefined) {
        this.hostLogger = createLogger(this.name, logLevel);
      }
      this.responders = stages.flat().length > 1 ? new LocalResponders() : undefined;
      await this.openMonitor(monitor);
      const starting: Promise<void>[] = [];
      this.stages = stages.map((stage) =>
        stage.map(({ service, env }) => {
          const start = new ServiceStart(service.name, env, this);
          starting.push(this.startService(service, start));
          return start;
        }),
      );
      await Promise.all(starting);
    } catch (error) {
      await this.fail(error, this.logger);
    }
    process.off('uncaughtException', fail);
  }

  private async startService(service: ServiceDefinition, start: ServiceStart): Promise<void> {
    try {
      start.finish(await service.start(start));
    } catch (error) {
      await this.fail(error, start.logger);
    }
  }

  private async openMonitor(address: MonitorAddress | undefined): Promise<void> {
    if (address === undefined) {
      return;
    }
    const health = new ProcessHealth(() => this.stages.flat());
    try {
      this.shared = await MonitorServer.listen(address);
    } catch (cause) {
      throw new StartError(`cannot listen on ${address.host}:${address.port}`, { cause });
    }
    this.shared.serve(health);
  }

  private async fail(error: unknown, logger: Logger): Promise<void> {
    if (this.ending) {
      // The shutdown has closed the dependencies, so this error is its consequence.
      return;
    }
    this.ending = true;
    const reason = describeReason(error);
    // These errors explain themselves to operators; a stack would only add noise.
    const isExplained = error instanceof ConfigError || error instanceof StartError;
    logger.fatal(isExplained ? { reason } : { reason, err: error }, 'cannot start');
    await settlesWithin(this.closeStages(), failedCloseDeadlineMs);
    process.exit(1);
  }

  private readonly stop = (signal: NodeJS.Signals): void => {
    // From now on a second signal has its default effect and ends the process at once.
    signals.forEach((each) => process.off(each, this.stop));
    void this.end(signal);
  };

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.ending) {
      return;
    }
    this.ending = true;
    this.logger.info({ signal }, 'stopping');
    const results = await this.closeStages();
    await settlesWithin(stopTracing(), sendTracesDeadlineMs);
    process.exit(results.every(({ status }) => status === 'fulfilled') ? 0 : 1);
  }

  /** A service that cannot close does not keep the others from closing. */
  private async closeStages(): Promise<PromiseSettledResult<void>[]> {
    const results: PromiseSettledResult<void>[] = [];
    for (const stage of this.stages) {
      results.push(
        ...(await Promise.allSettled(
          stage.map(async (start) => {
            try {
              await start.close();
            } catch (error) {
              start.logger.error({ err: error }, 'stopping failed');
              throw error;
            }
          }),
        )),
      );
    }
    return results;
  }
}
