import { once } from 'node:events';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { defaultRequestTimeoutMs } from '@polyroom/contracts';
import { metricsContentType, type Monitored } from '../health/health.module.js';
import { createHttpServer } from './http-server.js';

export interface MonitorAddress {
  host: string;
  /** 0 = any free port. */
  port: number;
}

/** Serves the probes and metrics of a service. */
export interface Monitor {
  readonly port: number;
  /** The service is running: its own checks decide from now on. */
  serve(health: Monitored): void;
  close(): Promise<void>;
}

interface Reply {
  status: number;
  body: string;
  type?: string;
}

const jsonType = 'application/json; charset=utf-8';

/**
 * `/healthz`, `/readyz` and `/metrics` of a process whose HTTP port clients reach, on a port of their own. Answers
 * from the start of the process on.
 */
export class MonitorServer implements Monitor {
  private health: Monitored | undefined;

  private constructor(
    private readonly server: Server,
    /** Pending dependencies, by the names of their health checks. */
    private readonly describeAwaited: () => Record<string, string>,
  ) {
    server.on('request', ({ url = '' }, response) => {
      void this.answer(url.split('?', 1)[0]!).then(({ status, body, type = jsonType }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
    });
  }

  static async listen(
    { host, port }: MonitorAddress,
    describeAwaited: () => Record<string, string> = () => ({}),
  ): Promise<MonitorServer> {
    const monitor = new MonitorServer(createHttpServer(defaultRequestTimeoutMs), describeAwaited);
    monitor.server.listen(port, host);
    await once(monitor.server, 'listening');
    return monitor;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  serve(health: Monitored): void {
    this.health = health;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(path: string): Promise<Reply> {
    switch (path) {
      case '/healthz':
        return reply(200, { status: 'ok' });
      case '/readyz': {
        if (this.health === undefined) {
          const awaited = this.describeAwaited();
          return reply(503, Object.keys(awaited).length > 0 ? awaited : { start: 'in progress' });
        }
        const { isReady, results } = await this.health.check();
        return reply(isReady ? 200 : 503, results);
      }
      case '/metrics':
        return this.health === undefined
          ? reply(503, { start: 'in progress' })
          : this.health.metrics().then(
              (body) => ({ status: 200, body, type: metricsContentType }),
              () => reply(500, { metrics: 'failed' }),
            );
      default:
        return reply(404, { error: 'not found' });
    }
  }
}

function reply(status: number, body: object): Reply {
  return { status, body: JSON.stringify(body) };
}
