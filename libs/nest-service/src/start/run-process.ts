import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { settlesWithin } from '@polyroom/async';
import { type Bus, type BusOptions } from '@polyroom/bus';
import { ConfigError, type ServiceSettings } from '@polyroom/config';
import { defaultRequestTimeoutMs } from '@polyroom/contracts';
import {
  createLogger,
  type Logger,
  showBuild,
  showCertificates,
  startTracing,
  stopTracing,
} from '@polyroom/observability';
import { type RunningService, runService, type ServiceOptions } from '../run-service.js';
import { build } from './build.js';
import { busDependency, jetStreamDependency } from './bus-dependency.js';
import { Dependencies, type Dependency, StartError } from './dependencies.js';
import { describeReason } from './describe-reason.js';
import { type MonitorAddress, MonitorServer } from './monitor-server.js';
import { ProbeServer } from './probe-server.js';

interface Closable {
  close(): Promise<void>;
}

export interface ProcessOptions extends Pick<ServiceSettings, 'httpHost' | 'httpPort' | 'logLevel'> {
  /** How long a client may take to send a request. */
  requestTimeoutMs?: number;
  /** The port for probes and metrics, if clients reach the HTTP port. */
  monitor?: MonitorAddress;
  /** Fields of every log line. */
  logFields?: Record<string, string>;
  /** The part of the requests of clients that is traced; none by default. */
  traceSample?: number;
}

const signals = ['SIGTERM', 'SIGINT'] as const;
/** Deadline for the cleanup of a process that ends before it has started: there is no work to finish. */
const earlyCloseDeadlineMs = 2000;
/** How long the end of a process waits for a collector of traces. */
const sendTracesDeadlineMs = 1000;

/**
 * Runs the main function of a service process. Closes the service that it returns on SIGTERM and SIGINT; a
 * second signal ends the process at once. If the function fails, logs the reason in one line and exits with
 * code 1.
 */
export async function runProcess(
  name: string,
  main: (start: ProcessStart) => Promise<Closable>,
): Promise<void> {
  // process.exit waits for V8's worker threads. One that compiles baseline code may wait for a garbage collection of
  // the exiting main thread, and the process never ends. Without this flag the main thread compiles that code.
  setFlagsFromString('--no-concurrent-sparkplug');
  // What a service writes is for its own user. A default ACL of a directory may say otherwise.
  process.umask(0o077);
  const start = new ProcessStart(name);
  const fail = (error: unknown): void => void start.fail(error);
  // Errors that a library throws outside of its promises during the start.
  process.once('uncaughtException', fail);
  try {
    start.finish(await main(start));
  } catch (error) {
    await start.fail(error);
  }
  process.off('uncaughtException', fail);
}

/**
 * A starting process. Handles signals from the beginning, and answers probes as soon as its configuration is
 * read, so that it can be monitored while it waits for its dependencies.
 */
export class ProcessStart {
  private readonly dependencies = new Dependencies();
  private readonly opened: Closable[] = [];
  private logger: Logger;
  private listening: Pick<ServiceOptions, 'httpHost' | 'httpPort' | 'server'> | undefined;
  private running: Closable | undefined;
  private ending = false;

  constructor(private readonly name: string) {
    this.logger = createLogger(name);
    showBuild(name, build.version, build.gitHead);
    signals.forEach((signal) => process.on(signal, this.stop));
  }

  /** Opens the HTTP port, and the one for probes and metrics if they have their own. */
  async open(
    options: ProcessOptions,
  ): Promise<{ logger: Logger; server: ProbeServer; monitor: MonitorServer | undefined }> {
    const {
      httpHost: host,
      httpPort: port,
      requestTimeoutMs = defaultRequestTimeoutMs,
      monitor: address,
      traceSample = 0,
    } = options;
    await startTracing({
      service: this.name,
      version: build.version,
      sample: traceSample,
      onFailure: (reason) => this.logger.warn({ reason }, 'traces are not sent'),
    });
    const logger = createLogger(this.name, options.logLevel);
    this.logger = options.logFields === undefined ? logger : logger.child(options.logFields);
    const describe = (): Record<string, string> => this.dependencies.describe();
    const monitor =
      address === undefined
        ? undefined
        : await listen(address, () => MonitorServer.listen(address, describe));
    const server = await listen({ host, port }, () =>
      ProbeServer.listen({ host, port, requestTimeoutMs }, monitor === undefined ? describe : undefined),
    );
    this.listening = { httpHost: host, httpPort: port, server };
    return { logger: this.logger, server, monitor };
  }

  /** Waits for a dependency. If the process ends before it has started, closes the dependency. */
  async reach<T extends object>(dependency: Dependency<T>): Promise<T> {
    const reached = await this.dependencies.reach(dependency, this.logger);
    if (isClosable(reached)) {
      this.opened.push(reached);
    }
    return reached;
  }

  /** Waits for NATS. */
  reachBus(
    {
      natsUrl: url,
      natsTls: tls,
      natsReplicas: streamReplicas,
      fastIo,
    }: Pick<ServiceSettings, 'natsUrl' | 'natsTls' | 'natsReplicas' | 'fastIo'>,
    options: Pick<BusOptions, 'nameError'> = {},
  ): Promise<Bus> {
    const { name, logger } = this;
    showCertificates('nats', tls);
    return this.reach(busDependency({ url, tls, name, logger, fastIo, streamReplicas, ...options }));
  }

  /** Waits for JetStream, and for what `connect` opens on it. */
  reachJetStream<T extends object>(
    { natsUrl }: Pick<ServiceSettings, 'natsUrl'>,
    connect: () => Promise<T>,
  ): Promise<T> {
    return this.reach(jetStreamDependency(natsUrl, connect));
  }

  /** Runs the service on the open port. */
  run(
    options: Omit<ServiceOptions, 'name' | 'logger' | 'httpHost' | 'httpPort' | 'server'>,
  ): Promise<RunningService> {
    if (this.listening === undefined) {
      throw new Error('open the HTTP port before the service runs');
    }
    return runService({ ...options, ...this.listening, name: this.name, logger: this.logger });
  }

  /** Marks the process as started: from now on the service closes its dependencies. */
  finish(running: Closable): void {
    this.running = running;
  }

  async fail(error: unknown): Promise<void> {
    if (this.ending) {
      // The shutdown has closed the dependencies, so this error is its consequence.
      return;
    }
    this.ending = true;
    const reason = describeReason(error);
    // These errors explain themselves to operators; a stack would only add noise.
    const isExplained = error instanceof ConfigError || error instanceof StartError;
    this.logger.fatal(isExplained ? { reason } : { reason, err: error }, 'cannot start');
    await this.closeOpened();
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
    try {
      await (this.running === undefined ? this.closeOpened() : this.running.close());
      await settlesWithin(stopTracing(), sendTracesDeadlineMs);
      process.exit(0);
    } catch (error) {
      this.logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  }

  private async closeOpened(): Promise<void> {
    const closed = Promise.allSettled(this.opened.map((closable) => closable.close()));
    await Promise.race([closed, delay(earlyCloseDeadlineMs)]);
  }
}

function isClosable(value: object): value is Closable {
  return 'close' in value && typeof value.close === 'function';
}

async function listen<T>({ host, port }: MonitorAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new StartError(`cannot listen on ${host}:${port}`, { cause: error });
  }
}
