import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type AppEvent } from '@polyroom/contracts';
import { Webhook } from 'standardwebhooks';

export interface ReceivedWebhook {
  path: string;
  event: AppEvent;
  /** Answered with success. */
  accepted: boolean;
}

/** Returns the status to answer with, perhaps after a while; undefined: 200. */
export type WebhookBehaviour = (
  path: string,
  event: AppEvent,
) => number | undefined | Promise<number | undefined>;

/** An application server. Verifies every request with the published library. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  readonly bodies: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  /** Requests whose signature was wrong. */
  forged = 0;
  behaviour: WebhookBehaviour = () => undefined;
  /** The body of every answer. */
  answer = 'answer';
  /** By path; a path without one is not verified. */
  readonly secrets = new Map<string, string>();
  private server: Server | undefined;
  private port = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.handle(request, response));
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    ({ port: this.port } = this.server.address() as AddressInfo);
  }

  /** Connections are refused from now on. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server!.close(resolve));
    this.server!.closeAllConnections();
    await closed;
  }

  urlOf(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`;
  }

  /** Events that a path has accepted, without repetitions, in the order in which they came first. */
  accepted(path: string): AppEvent[] {
    const first = new Map<string, AppEvent>();
    for (const each of this.received) {
      if (each.accepted && each.path === path && !first.has(each.event.id)) {
        first.set(each.event.id, each.event);
      }
    }
    return [...first.values()];
  }

  clear(): void {
    this.received.length = 0;
    this.bodies.length = 0;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const path = request.url!;
    const body = Buffer.concat(chunks).toString();
    this.bodies.push({ path, headers: request.headers, body });
    const secret = this.secrets.get(path);
    if (secret !== undefined) {
      try {
        new Webhook(secret).verify(body, request.headers as Record<string, string>);
      } catch {
        this.forged += 1;
        response.writeHead(400).end();
        return;
      }
    }
    const event = (JSON.parse(body) as { data: AppEvent }).data;
    const status = (await this.behaviour(path, event)) ?? 200;
    this.received.push({ path, event, accepted: status >= 200 && status < 300 });
    response.writeHead(status, status === 302 ? { location: this.urlOf('/elsewhere') } : {}).end(this.answer);
  }
}
