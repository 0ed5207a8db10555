import { randomBytes } from 'node:crypto';
import { Bus, EventLog } from '@polyroom/bus';
import {
  AppError,
  type AppEventType,
  authRpc,
  type EventOwner,
  eventsLogged,
  type LoginHook,
  type Permission,
  type ReplyOf,
  type RequestOf,
  roomRpc,
  type RpcContract,
  type SendableWebhook,
  webhooksChanged,
  webhooksRpc,
} from '@polyroom/contracts';
import { type RunningServer, startNats, WebhookReceiver } from '@polyroom/testing';
import { StatementSigner } from '@polyroom/tokens';

const limits = { maxAgeMs: 3600_000, maxBytes: 100_000_000 };

/** A real NATS, an application server, and what auth and the room service do for webhooks. */
export class UsedWebhooks {
  nats!: RunningServer;
  bus!: Bus;
  log!: EventLog;
  readonly receiver = new WebhookReceiver();
  readonly endpoints = new Map<string, SendableWebhook>();
  /** Endpoints that only a read of their AppID finds. */
  private readonly unannounced = new Set<string>();
  readonly loginHooks = new Map<number, LoginHook & { secret: string }>();
  /** AppIDs whose endpoints an instance has asked for. */
  readonly appReads: number[] = [];
  /** Requests of the sender. */
  disabled: RequestOf<typeof webhooksRpc.disableEndpoint>[] = [];
  logged: RequestOf<typeof roomRpc.logEvent>[] = [];
  /** Those that took effect, of both kinds, in order. */
  readonly acts: { act: 'disabled' | 'logged'; endpointId: unknown }[] = [];
  /** Endpoints that an operator has changed before the sender disables them. */
  readonly kept = new Set<string>();
  /** Requests to log an event that fail, beginning with the next one. */
  failingLogs = 0;
  private signer!: StatementSigner;
  private events = 0;
  private apps = 1000;

  async start(): Promise<void> {
    this.nats = await startNats({ jetStream: true });
    this.bus = await Bus.connect({ url: this.nats.url, name: 'test' });
    this.log = new EventLog(this.bus);
    this.signer = await StatementSigner.create();
    await this.receiver.start();
    const { getStatementKeys } = authRpc;
    this.bus.respond(getStatementKeys, getStatementKeys.subject, 'auth', async () => ({
      keys: [this.signer.publicKey],
    }));
    const { readEndpoints, disableEndpoint } = webhooksRpc;
    this.bus.respond(readEndpoints, readEndpoints.subject, 'webhookStore', async (request) => {
      const { appId } = request as { appId?: number };
      const all = [...this.endpoints.values()];
      if (appId !== undefined) {
        this.appReads.push(appId);
      }
      return {
        webhooks: all.filter((each) =>
          appId === undefined ? !this.unannounced.has(each.endpointId) : each.appId === appId,
        ),
      };
    });
    const { readLoginHook } = webhooksRpc;
    this.bus.respond(readLoginHook, readLoginHook.subject, 'webhookStore', async (request) => {
      const loginHook = this.loginHooks.get((request as { appId: number }).appId);
      return loginHook === undefined ? {} : { loginHook };
    });
    this.bus.respond(disableEndpoint, disableEndpoint.subject, 'webhookStore', async (request) => {
      const asked = request as RequestOf<typeof disableEndpoint>;
      this.disabled.push(asked);
      if (this.kept.has(asked.endpointId)) {
        return { disabled: false };
      }
      this.acts.push({ act: 'disabled', endpointId: asked.endpointId });
      const found = this.endpoints.get(asked.endpointId)!;
      await this.put({ ...found, enabled: false, disabledReason: 'failing' });
      return { disabled: true };
    });
    this.bus.respond(roomRpc.logEvent, roomRpc.logEvent.subject, 'room', async (request) => {
      if (this.failingLogs > 0) {
        this.failingLogs -= 1;
        throw new AppError('BUS_UNAVAILABLE');
      }
      const event = request as RequestOf<typeof roomRpc.logEvent>;
      this.logged.push(event);
      this.acts.push({ act: 'logged', endpointId: event.data['endpointId'] });
      return {};
    });
    await this.bus.flush();
  }

  async close(): Promise<void> {
    await this.bus.close();
    await this.receiver.stop();
    await this.nats.close();
  }

  newAppId(): number {
    return (this.apps += 1);
  }

  /** Creates an endpoint at a path of the application server. */
  async create(appId: number, path: string, more: Partial<SendableWebhook> = {}): Promise<SendableWebhook> {
    const webhook = this.createSilently(appId, path, more);
    this.unannounced.delete(webhook.endpointId);
    await this.put(webhook);
    return webhook;
  }

  /** The same, but the event that announces the endpoint is lost, and so are the periodic reads of all. */
  createSilently(appId: number, path: string, more: Partial<SendableWebhook> = {}): SendableWebhook {
    const webhook: SendableWebhook = {
      appId,
      endpointId: `wh_${randomBytes(8).toString('hex')}`,
      url: this.receiver.urlOf(path),
      format: 'standard',
      types: ['*'],
      roomIds: [],
      description: '',
      enabled: true,
      createdAtMs: Date.now() - 1000,
      updatedAtMs: Date.now(),
      secrets: [`whsec_${randomBytes(32).toString('base64')}`],
      ...more,
    };
    if (webhook.format === 'standard') {
      this.receiver.secrets.set(path, webhook.secrets[0]!);
    }
    this.endpoints.set(webhook.endpointId, webhook);
    this.unannounced.add(webhook.endpointId);
    return webhook;
  }

  async put(webhook: SendableWebhook): Promise<void> {
    this.endpoints.set(webhook.endpointId, webhook);
    this.bus.publish(webhooksChanged, {}, { appId: webhook.appId });
    await this.bus.flush();
  }

  /** Logs events as the room service does. */
  async logEvents(owner: EventOwner, count: number, type: AppEventType = 'user.joined'): Promise<void> {
    let left = Array.from({ length: count }, () => ({
      id: String((this.events += 1)),
      type,
      atMs: Date.now(),
      data: { userId: `u${this.events}`, userName: 'name', roomEpoch: '1' },
    }));
    while (left.length > 0) {
      const last = await this.log.transfer(owner, 'service', limits, async () => left).catch(() => undefined);
      left = left.slice(left.findIndex(({ id }) => id === last) + 1);
    }
    this.bus.publish(eventsLogged, {}, { appId: owner.appId });
  }

  /** Asks what an operator may. */
  async ask<C extends RpcContract>(
    contract: C,
    request: RequestOf<C> & { appId: number },
  ): Promise<ReplyOf<C>> {
    const permission: Permission = contract.authority!.permission;
    const { appId } = request;
    const statement = await this.signer.sign({ actor: 'alice', kind: 'operator', permission, appId });
    return this.bus.request(contract, request, { statement });
  }
}
