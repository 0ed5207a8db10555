import { randomInt } from 'node:crypto';
import { Bus, EventLog } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type AppEvent, AppError, roomRpc, type SessionRef } from '@polyroom/contracts';
import { type RunningServer, startNats, WebhookReceiver } from '@polyroom/testing';
import { startStandInMedia } from '../invariants/stand-in-media.js';

const gatewayId = 'gw_check';
const path = '/hook';
const retryMs = 100;
const attempts = 300;

/** A cluster with two senders, an application server, and users that log in at the room service. */
export class WebhooksWorld {
  readonly receiver = new WebhookReceiver();
  readonly log: EventLog;
  appId = 0;
  endpointId = '';
  private heartbeat: NodeJS.Timeout | undefined;

  private constructor(
    readonly cluster: Cluster,
    readonly nats: RunningServer,
    private readonly bus: Bus,
    private readonly media: { close(): void },
  ) {
    this.log = new EventLog(bus);
  }

  static async start(rootDir: string, onLog: (line: string) => void): Promise<WebhooksWorld> {
    const nats = await startNats({ jetStream: true });
    const cluster = await startCluster({
      rootDir,
      natsUrl: nats.url,
      mediaNodes: 0,
      recorderInstances: 0,
      roomInstances: 2,
      webhooksInstances: 2,
      webhooksEnv: { POLYROOM_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' },
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
    });
    const bus = await Bus.connect({ url: nats.url, name: 'check' });
    const media = startStandInMedia(bus);
    await cluster.ready();
    const world = new WebhooksWorld(cluster, nats, bus, media);
    await world.open();
    return world;
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    this.media.close();
    await this.bus.close();
    await this.cluster.close();
    await this.nats.close();
    await this.receiver.stop().catch(() => undefined);
  }

  accepted(): AppEvent[] {
    return this.receiver.accepted(path);
  }

  /** Everything in the log after a position. */
  async readLog(after?: string): Promise<AppEvent[]> {
    const events: AppEvent[] = [];
    for (let from = after; ;) {
      const page = await this.log.read(this.appId, { after: from, limit: 500 });
      if (page.events.length === 0) {
        return events;
      }
      events.push(...page.events);
      from = page.next;
    }
  }

  async replay(after: string): Promise<void> {
    await this.ask('POST', `/webhooks/${this.endpointId}/replay`, { after });
  }

  /** Repeated until it is answered: the request ID makes it one login. */
  async login(userId: string, roomId: string): Promise<{ session: SessionRef; epoch: number }> {
    const session = { appId: this.appId, userId, sessionId: `se_${userId}` };
    const { epoch } = await this.untilAnswered(() =>
      this.bus.request(roomRpc.login, {
        session,
        gatewayId,
        user: { userId, userName: userId },
        sessionUserName: userId,
        roomId,
        mode: 'multi',
        requestId: userId,
        opens: true,
        resumeTokenHash: 'a'.repeat(64),
        note: { grants: {}, isUserStatusNotify: false },
      }),
    );
    return { session, epoch };
  }

  async logout(session: SessionRef, roomId: string, epoch: number): Promise<void> {
    await this.untilAnswered(() => this.bus.request(roomRpc.logout, { session, roomId, epoch })).catch(
      (error: unknown) => {
        // An earlier attempt had succeeded.
        if (!AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
          throw error;
        }
      },
    );
  }

  private async open(): Promise<void> {
    await this.receiver.start();
    this.appId = randomInt(1, 0xffffffff);
    await this.cluster.admin.createApp({ appId: this.appId, name: 'check' });
    await this.cluster.admin.setEntitlement(this.appId, 'multiRoom', true);
    const created = await this.ask('POST', '/webhooks', { url: this.receiver.urlOf(path) });
    const { webhook, secret } = created as { webhook: { endpointId: string }; secret: string };
    this.endpointId = webhook.endpointId;
    this.receiver.secrets.set(path, secret);
    const beat = () => void this.bus.request(roomRpc.heartbeat, { gatewayId }).catch(() => undefined);
    beat();
    this.heartbeat = setInterval(beat, 1000);
  }

  private async ask(method: string, route: string, body: object): Promise<unknown> {
    const url = `${this.cluster.gateways[0]!.httpUrl}/v1/apps/${this.appId}${route}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.cluster.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }

  private async untilAnswered<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (error) {
        const isPassing =
          !(error instanceof AppError) ||
          error.retryable ||
          AppError.is(error, 'ROOM_INNER_ERROR') ||
          AppError.is(error, 'BUS_TIMEOUT');
        if (!isPassing || attempt === attempts) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
