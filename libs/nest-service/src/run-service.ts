import 'reflect-metadata';
import { type DynamicModule, type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { isHealthRoute } from './health/health.module.js';
import { type Logger, requestMetrics } from '@polyroom/observability';
import { type Bus } from '@polyroom/bus';
import { BusModule } from './bus/bus.module.js';
import { BusServer } from './bus/bus-server.js';
import { LoggerModule } from './logging/logger.module.js';
import { ErrorFilter, outcomeOfReply } from './errors/error-filter.js';

export interface ServiceOptions {
  name: string;
  module: DynamicModule | Type;
  bus: Bus;
  logger: Logger;
  httpHost: string;
  /** 0 = a free one. */
  httpPort: number;
  /** Whose `X-Forwarded-For` is believed; nobody's where it is left out. */
  trustProxy?: (address: string) => boolean;
  /** The name of this process, for requests to it alone. */
  nodeId?: string;
  /** Called before anything listens, e.g. to attach a WebSocket server. */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** What running requests still need: closed last, after the bus. */
  closeLast?: () => Promise<void>;
}

export interface RunningService {
  port: number;
  /** Stops taking requests, lets the running ones finish, closes the application and the bus. Idempotent. */
  close(): Promise<void>;
}

const bodyLimitBytes = 256 * 1024;
/** Characters of one path parameter: a room ID of 127 bytes, each of them percent-encoded, and some. */
const maxParamLength = 512;

@Module({})
class ServiceRoot {}

/**
 * Runs one service: its handlers on the bus, its HTTP routes, one line when it is ready, and an orderly end
 * on SIGTERM and SIGINT. Takes over the bus: closing the service closes it.
 */
export async function runService(options: ServiceOptions): Promise<RunningService> {
  const { bus, logger } = options;
  const root: DynamicModule = {
    module: ServiceRoot,
    imports: [BusModule.forRoot(bus), LoggerModule.forRoot(logger), options.module],
  };
  const app = await NestFactory.create<NestFastifyApplication>(
    root,
    new FastifyAdapter({
      bodyLimit: bodyLimitBytes,
      routerOptions: { maxParamLength },
      trustProxy: options.trustProxy ?? false,
    }),
    {
      logger: nestLogger(logger),
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ErrorFilter(logger));
  countRequests(app);
  const server = new BusServer(bus, options.nodeId);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await options.configure?.(app);
  await app.startAllMicroservices();
  await app.listen(options.httpPort, options.httpHost);
  const address = app.getHttpServer().address();
  const port = address === null || typeof address === 'string' ? options.httpPort : address.port;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      forgetSignals();
      await app.close();
      await bus.close();
      await options.closeLast?.();
    })();
    return closing;
  };
  const forgetSignals = endOnSignals(close, logger);
  logger.info({ port }, 'ready');
  return { port, close };
}

/** When the answer has been sent, so that what Fastify refuses before any handler is counted as well. */
function countRequests(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'none' } = request.routeOptions;
    if (!isHealthRoute(route)) {
      requestMetrics.http.inc({ method: request.method, route, outcome: outcomeOfReply(reply) });
    }
    done();
  });
}

/** Ends the process in order on the first signal; a second one ends it at once. */
function endOnSignals(close: () => Promise<void>, logger: Logger): () => void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'stopping');
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  signals.forEach((signal) => process.once(signal, stop));
  return () => signals.forEach((signal) => process.off(signal, stop));
}

/** Nest's own lines: warnings and errors only, in the form of all others. */
function nestLogger(logger: Logger): LoggerService {
  return {
    log: () => {},
    debug: () => {},
    verbose: () => {},
    warn: (message: unknown) => logger.warn(String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, String(message)),
    fatal: (message: unknown) => logger.fatal(String(message)),
  };
}
