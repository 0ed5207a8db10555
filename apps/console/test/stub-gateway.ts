import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { clusterData } from './stub-data.js';
import { type StubRoutes } from './stub-routes.js';

/**
 * Answers as a gateway does, from data that is the same each time: for pages with 1,000 rooms and 10,000 members, and
 * for screenshots. Nothing behind it is real; apps/e2e has the pages with a cluster.
 */
export class StubGateway {
  private constructor(
    readonly url: string,
    readonly data: ReturnType<typeof clusterData>,
    private readonly close_: () => Promise<void>,
  ) {}

  static async start(): Promise<StubGateway> {
    const data = clusterData();
    const server = createServer((request, response) => void answer(data.routes, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new StubGateway(`http://127.0.0.1:${port}`, data, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  close(): Promise<void> {
    return this.close_();
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function answer(routes: StubRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request;
  response.setHeader('access-control-allow-origin', headers.origin ?? '*');
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE');
  response.setHeader('access-control-allow-headers', 'content-type, idempotency-key, if-match');
  if (method === 'OPTIONS') {
    response.writeHead(204).end();
    return;
  }
  const url = new URL(request.url ?? '/', 'http://stub');
  const path = url.pathname.replace(/^\/v1/, '');
  for (const [route, handle] of Object.entries(routes)) {
    const [routeMethod, pattern = ''] = route.split(' ');
    const match =
      routeMethod === method && new RegExp(`^${pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
    if (match) {
      const body = await readBody(request);
      const reply = handle({
        groups: Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
        ),
        query: url.searchParams,
        headers,
        body,
      });
      if (typeof reply['attachment'] === 'string') {
        response.setHeader('content-disposition', `attachment; filename="${reply['attachment']}"`);
      }
      const { status = 403 } = (reply['error'] ?? { status: 200 }) as { status?: number };
      send(response, status, reply);
      return;
    }
  }
  send(response, 404, { error: { code: 1190404, message: `no route: ${method} ${path}` } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
