import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AppError } from '@polyroom/contracts';
import { createHttpServer } from './http-server.js';

/** The timeouts that Fastify would set on its own server. */
interface ServerTimeouts {
  keepAliveTimeout?: number;
  connectionTimeout?: number;
}

/**
 * The HTTP server of a process. Answers probes while the process starts, and then serves the application
 * without closing the port in between.
 */
export class ProbeServer {
  private handle: RequestListener;

  private constructor(
    private readonly server: Server,
    /** Pending dependencies, by the names of their health checks; undefined if probes have a port of their own. */
    private readonly describeAwaited: (() => Record<string, string>) | undefined,
  ) {
    this.handle = (request, response) => {
      const { status, body } = this.answer(request);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' });
      response.end(JSON.stringify(body));
    };
    server.on('request', (request, response) => this.handle(request, response));
  }

  static async listen(
    { host, port, requestTimeoutMs }: { host: string; port: number; requestTimeoutMs: number },
    describeAwaited?: () => Record<string, string>,
  ): Promise<ProbeServer> {
    const probe = new ProbeServer(createHttpServer(requestTimeoutMs), describeAwaited);
    probe.server.listen(port, host);
    await once(probe.server, 'listening');
    return probe;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** For Fastify's `serverFactory`. The application takes over the port when it is ready. */
  readonly handOver = (handler: RequestListener, timeouts: ServerTimeouts): Server => {
    const { server } = this;
    server.keepAliveTimeout = timeouts.keepAliveTimeout ?? server.keepAliveTimeout;
    server.setTimeout(timeouts.connectionTimeout ?? 0);
    // Fastify calls listen when it is ready, but this server listens already.
    server.listen = (): Server => {
      process.nextTick(() => {
        this.handle = handler;
        server.emit('listening');
      });
      return server;
    };
    return server;
  };

  private answer({ url }: IncomingMessage): { status: number; body: unknown } {
    const path = this.describeAwaited === undefined ? undefined : url?.split('?', 1)[0];
    switch (path) {
      case '/healthz':
        return { status: 200, body: { status: 'ok' } };
      case '/readyz': {
        const awaited = this.describeAwaited!();
        return { status: 503, body: Object.keys(awaited).length > 0 ? awaited : { start: 'in progress' } };
      }
      default:
        return {
          status: 503,
          body: { error: new AppError('BUS_UNAVAILABLE', { message: 'the service is starting' }).toWire() },
        };
    }
  }
}
