import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, type BusOptions, type LocalResponders } from '@polyroom/bus';
import { type Environment, type ServiceSettings } from '@polyroom/config';
import { defaultRequestTimeoutMs } from '@polyroom/contracts';
import { createLogger, type Logger, showBuild, showCertificates } from '@polyroom/observability';
import { type Monitored } from '../health/health.module.js';
import { type RunningService, runService, type ServiceOptions } from '../run-service.js';
import { build } from './build.js';
import { busDependency, jetStreamDependency } from './bus-dependency.js';
import { Dependencies, type Dependency, StartError } from './dependencies.js';
import { type Monitor, type MonitorAddress, MonitorServer } from './monitor-server.js';
import { ProbeServer } from './probe-server.js';

export interface Closable {
  close(): Promise<void>;
}

export interface OpenOptions extends Pick<ServiceSettings, 'httpHost' | 'httpPort' | 'logLevel'> {
  /** How long a client may take to send a request. */
  requestTimeoutMs?: number;
  /** The port for probes and metrics, if clients reach the HTTP port. */
  monitor?: MonitorAddress;
  /** Fields of every log line. */
  logFields?: Record<string, string>;
  /** The part of the requests of clients that is traced; none by default. */
  traceSample?: number;
}

/** What a service has opened before it runs. */
export interface OpenPorts extends Pick<ServiceOptions, 'server'> {
  monitor?: Monitor | undefined;
}

/** The process in which a service starts. */
export interface ServiceHost {
  /** The port for the probes and metrics of all services of the process, if each has none of its own. */
  readonly monitor: MonitorServer | undefined;
  /** Those of the services of the process, if there are several. */
  readonly local: LocalResponders | undefined;
  /** Starts the tracing of the process. Idempotent. */
  trace(sample: number, logger: Logger): Promise<void>;
}

/** Deadline for the cleanup of a service that ends before it has started: there is no work to finish. */
const earlyCloseDeadlineMs = 2000;

/**
 * A starting service. Answers probes as soon as its configuration is read, so that it can be monitored while it
 * waits for its dependencies.
 */
export class ServiceStart {
  private readonly dependencies = new Dependencies();
  private readonly opened: Closable[] = [];
  private readonly shared: Monitor | undefined;
  private currentLogger: Logger;
  private listening: Pick<ServiceOptions, 'httpHost' | 'httpPort' | 'server'> | undefined;
  private running: Closable | undefined;
  private runningHealth: Monitored | undefined;

  constructor(
    readonly name: string,
    /** Undefined: that of the process. */
    readonly env: Environment | undefined,
    private readonly host: ServiceHost,
  ) {
    const { monitor } = host;
    this.shared =
      monitor === undefined
        ? undefined
        : {
            port: monitor.port,
            serve: (health) => (this.runningHealth = health),
            close: () => Promise.resolve(),
          };
    this.currentLogger = createLogger(name);
    showBuild(name, build.version, build.gitHead);
  }

  get logger(): Logger {
    return this.currentLogger;
  }

  /** Set when the service runs, if the process has one port for the probes of all services. */
  get health(): Monitored | undefined {
    return this.runningHealth;
  }

  /** Opens the HTTP port, and the one for probes and metrics if they have their own. */
  async open(
    options: OpenOptions,
  ): Promise<{ logger: Logger; server: ProbeServer | false; monitor: Monitor | undefined }> {
    const { httpHost: host, httpPort: port, requestTimeoutMs = defaultRequestTimeoutMs } = options;
    const { monitor: address, traceSample = 0 } = options;
    await this.host.trace(traceSample, this.currentLogger);
    const logger = createLogger(this.name, options.logLevel);
    this.currentLogger = options.logFields === undefined ? logger : logger.child(options.logFields);
    const ownAddress = this.shared === undefined ? address : undefined;
    const monitor =
      ownAddress === undefined
        ? this.shared
        : await listen(ownAddress, () => MonitorServer.listen(ownAddress, this.describeAwaited));
    // Without clients the port would be there for probes only.
    const server =
      this.shared !== undefined && address === undefined
        ? false
        : await listen({ host, port }, () =>
            ProbeServer.listen(
              { host, port, requestTimeoutMs },
              monitor === undefined ? this.describeAwaited : undefined,
            ),
          );
    this.listening = { httpHost: host, httpPort: port, server };
    return { logger: this.currentLogger, server, monitor };
  }

  /** Pending dependencies and the reasons, by the names of their health checks. */
  readonly describeAwaited = (): Record<string, string> => this.dependencies.describe();

  /** Waits for a dependency. If the process ends before the service has started, closes the dependency. */
  async reach<T extends object>(dependency: Dependency<T>): Promise<T> {
    const reached = await this.dependencies.reach(dependency, this.currentLogger);
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
    const { local } = this.host;
    showCertificates('nats', tls);
    return this.reach(busDependency({ url, tls, name, logger, fastIo, streamReplicas, local, ...options }));
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
    options: Omit<ServiceOptions, 'name' | 'logger' | 'httpHost' | 'httpPort' | keyof OpenPorts>,
  ): Promise<RunningService> {
    const { listening, shared, name, logger } = this;
    if (listening === undefined) {
      throw new Error('open the HTTP port before the service runs');
    }
    return runService({ ...options, ...listening, monitor: shared, name, logger });
  }

  /** Marks the service as started: from now on it closes its dependencies. */
  finish(running: Closable): void {
    this.running = running;
  }

  /** Closes the service, or what it has reached so far. */
  async close(): Promise<void> {
    if (this.running !== undefined) {
      await this.running.close();
      return;
    }
    const closed = Promise.allSettled(this.opened.map((closable) => closable.close()));
    await Promise.race([closed, delay(earlyCloseDeadlineMs)]);
  }
}

function isClosable(value: object): value is Closable {
  return 'close' in value && typeof value.close === 'function';
}

/** Throws StartError if the port cannot be opened. */
async function listen<T>({ host, port }: MonitorAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new StartError(`cannot listen on ${host}:${port}`, { cause: error });
  }
}
