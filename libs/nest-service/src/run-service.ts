import 'reflect-metadata';
import { type RequestListener, type Server } from 'node:http';
import { hostname } from 'node:os';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { defaultRequestTimeoutMs, httpBodyMaxBytes, isReportingService, newId } from '@polyroom/contracts';
import { Health, isHealthRoute } from './health/health.module.js';
import {
  HttpSpan,
  type Logger,
  readSubject,
  requestMetrics,
  type SpanDescription,
} from '@polyroom/observability';
import { type Bus } from '@polyroom/bus';
import { BusModule } from './bus/bus.module.js';
import { BusServer } from './bus/bus-server.js';
import { LoggerModule } from './logging/logger.module.js';
import { nestLogger } from './logging/nest-logger.js';
import { answerFrameworkError, ErrorFilter, outcomeOfReply, requestIdHeader } from './errors/error-filter.js';
import { ZodPipe } from './rest/zod.pipe.js';
import { createHttpServer } from './start/http-server.js';
import { InstanceReporter } from './start/instance-reporter.js';
import { type Monitor, type MonitorAddress, MonitorServer } from './start/monitor-server.js';
import { type ProbeServer } from './start/probe-server.js';

export interface ServiceOptions {
  name: string;
  module: DynamicModule | Type;
  bus: Bus;
  logger: Logger;
  httpHost: string;
  /** 0 = any free port. */
  httpPort: number;
  /** How long a client may take to send a request, if the service opens its HTTP server itself. */
  requestTimeoutMs?: number;
  /** The HTTP server if it is listening already; `false` = no HTTP port; otherwise the service opens one. */
  server?: ProbeServer | false | undefined;
  /** Serves probes and metrics if the HTTP port does not: the open server, or where to open one. */
  monitor?: Monitor | MonitorAddress | undefined;
  /** Proxies whose `X-Forwarded-For` is trusted; none by default. */
  trustProxy?: (address: string) => boolean;
  /** ID of this process, for requests addressed to it. */
  nodeId?: string;
  /** Called before the application listens. */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Called when the application listens, before the first request, to attach a WebSocket server. */
  onListening?: (app: NestFastifyApplication) => void;
  /** Closes dependencies of running requests; called last, after the bus is closed. */
  closeLast?: () => Promise<void>;
}

export interface RunningService {
  /** 0 without an HTTP port. */
  port: number;
  /** The port of probes and metrics: `port` if they have none of their own. */
  monitorPort: number;
  /** Stops accepting requests, waits for running ones, closes the application and the bus. Idempotent. */
  close(): Promise<void>;
}

/** Characters of one path parameter: fits a room ID of 127 percent-encoded bytes, and the ID of a ban. */
const maxParamLength = 1024;

@Module({})
class ServiceRoot {}

/**
 * Runs a service: its handlers on the bus and its HTTP routes. Logs one line when it is ready. Owns the bus:
 * closing the service closes it.
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
      bodyLimit: httpBodyMaxBytes,
      routerOptions: { maxParamLength },
      // Never the client's: the audit refers to it.
      genReqId: () => newId('request'),
      trustProxy: options.trustProxy ?? false,
      serverFactory: options.server ? options.server.handOver : httpServerFactory(options.requestTimeoutMs),
      frameworkErrors: answerFrameworkError,
    }),
    {
      logger: nestLogger(logger),
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ErrorFilter(logger));
  app.useGlobalPipes(new ZodPipe());
  countRequests(app);
  traceRequests(app);
  nameRequests(app);
  const server = new BusServer(bus, options.nodeId);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await options.configure?.(app);
  await app.startAllMicroservices();
  const port = await listen(app, options);
  const monitor =
    options.monitor === undefined || 'serve' in options.monitor
      ? options.monitor
      : await MonitorServer.listen(options.monitor);
  monitor?.serve(app.get(Health, { strict: false }));

  const instanceId = options.nodeId ?? `${hostname()}:${port || process.pid}`;
  const reporter = isReportingService(options.name)
    ? new InstanceReporter(options.name, instanceId, bus, app.get(Health, { strict: false }), logger)
    : undefined;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      reporter?.close();
      await closeApplication(app);
      await bus.close();
      await options.closeLast?.();
      await monitor?.close();
    })();
    return closing;
  };
  const monitorPort = monitor?.port ?? port;
  // Without an HTTP port there is none to name.
  logger.info({ port: port === 0 ? undefined : port, monitorPort }, 'ready');
  return { port, monitorPort, close };
}

/** Returns the port; 0 without one. */
async function listen(app: NestFastifyApplication, options: ServiceOptions): Promise<number> {
  if (options.server === false) {
    await app.init();
    return 0;
  }
  await app.listen(options.httpPort, options.httpHost);
  options.onListening?.(app);
  const address = app.getHttpServer().address();
  return address === null || typeof address === 'string' ? options.httpPort : address.port;
}

/** Waits for running requests. A server that closes no longer ends incomplete ones by itself (`node:http`). */
async function closeApplication(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const lastResort = setTimeout(() => server.closeAllConnections(), server.requestTimeout);
  await app.close().finally(() => clearTimeout(lastResort));
}

function httpServerFactory(requestTimeoutMs = defaultRequestTimeoutMs) {
  return (handler: RequestListener): Server => createHttpServer(requestTimeoutMs).on('request', handler);
}

/** Sends the ID of each request to its client; the log and the audit name it. */
function nameRequests(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header(requestIdHeader, request.id);
    done();
  });
}

/** The spans of HTTP requests, from the first hook to the end of the response. */
function traceRequests(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const spans = new WeakMap<object, HttpSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { url: route = 'none' } = request.routeOptions;
    const span = isHealthRoute(route)
      ? undefined
      : HttpSpan.begin(() => describeRequest(request, route), firstOf(request.headers['traceparent']));
    if (span !== undefined) {
      spans.set(request, span);
    }
    done();
  });
  // Not before: the body arrives in events of the socket, which belong to no request.
  server.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) {
      done();
    } else {
      span.run(done);
    }
  });
  server.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(reply.statusCode, outcomeOfReply(reply) === 'server_error');
    done();
  });
}

/** Without the path, which may name a user. */
function describeRequest(request: { method: string; params: unknown }, route: string): SpanDescription {
  const { method, params } = request;
  return {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route, ...readSubject(params) },
  };
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

/** Counts on response, so that requests that Fastify refuses before any handler are included. */
function countRequests(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'none' } = request.routeOptions;
    if (!isHealthRoute(route)) {
      const { method } = request;
      const outcome = outcomeOfReply(reply);
      requestMetrics.http.inc({ method, route, outcome });
      if (outcome === 'ok') {
        requestMetrics.httpSeconds.observe({ method, route }, reply.elapsedTime / 1000);
      }
    }
    done();
  });
}
