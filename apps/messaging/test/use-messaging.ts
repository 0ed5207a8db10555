import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type RunningService, runService } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  type Entitlements,
  entitlementsChanged,
  messagingRpc,
  newId,
  type OrderedMessage,
  type Permission,
  type RequestOf,
  roomMessage,
  type RoomMessage,
  usageRpc,
  type UsageRow,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { createLogger } from '@polyroom/observability';
import { StatementSigner } from '@polyroom/tokens';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { hooksSchema } from '../src/hooks/hooks.js';
import { MessageLog, type MessageLogOptions } from '../src/log/message-log.js';
import { roomLogOptions } from '../src/log/room-log-options.js';
import { MessagingModule } from '../src/messaging.module.js';
import { FakeAppServer } from './fake-app-server.js';

export const appId = 1;
export const moderatedAppId = 2;
export const secret = 'a secret of sixteen';
export const alice = { userId: 'alice', userName: 'Alice' };
export const bob = { userId: 'bob', userName: 'Bob' };

/** Signs the statements that auth would sign. */
const signer = await StatementSigner.create();

/** No rate limits, except those that a spec sets. */
const generous: Entitlements = {
  ...defaultEntitlements,
  maxTransparentBytes: 64,
  broadcastsPerUserPerSecond: 0,
  broadcastsPerRoomPerSecond: 0,
  barragesPerRoomPerSecond: 0,
  commandsToOnePerRoomPerSecond: 0,
  commandsToManyPerRoomPerSecond: 0,
  transparentsPerRoomPerSecond: 0,
  updatesPerUserPerSecond: 0,
  attributeChangesPerRoomPerSecond: 0,
  serverMessagesPerSecond: 0,
  maxStoredMessageBytes: 0,
};

export interface Sent {
  messageId: number;
  seq: number;
  sentAtMs: number;
}

/**
 * Two instances of the messaging service, a client, and fakes of auth and an application server. One room per
 * test.
 */
export class UsedMessaging {
  client!: Bus;
  appServer!: FakeAppServer;
  /** Messages published on the room subjects in this test. */
  published: RoomMessage[] = [];
  /** Usage that instances have reported, when they are closed. */
  readonly usage: UsageRow[] = [];
  private nats!: RunningServer;
  private services: RunningService[] = [];
  private auth!: BusSubscription;
  private statementKeys: BusSubscription | undefined;
  private entitlements = generous;
  private room = 0;
  private message = 0;

  constructor(private readonly logOptions: MessageLogOptions) {}

  async start(): Promise<void> {
    this.nats = await startNats({ jetStream: true });
    this.appServer = await FakeAppServer.start();
    this.client = await Bus.connect({ url: this.nats.url, name: 'client' });
    this.client.subscribe(roomMessage, {}, (payload) => void this.published.push(payload));
    this.client.respond(usageRpc.recordUsage, usageRpc.recordUsage.subject, 'auth', async (request) => {
      this.usage.push(...(request as RequestOf<typeof usageRpc.recordUsage>).rows);
      return {};
    });
    await this.startInstances(2);
  }

  async close(): Promise<void> {
    await this.closeInstances();
    await this.client.close();
    await this.nats.close();
    this.appServer.close();
  }

  async begin(): Promise<void> {
    this.room++;
    this.published = [];
    this.appServer.reset();
    const { getEntitlements, getStatementKeys } = authRpc;
    this.statementKeys?.close();
    this.statementKeys = this.client.respond(
      getStatementKeys,
      getStatementKeys.subject,
      'auth',
      async () => ({
        keys: [signer.publicKey],
      }),
    );
    this.auth = this.client.respond(getEntitlements, getEntitlements.subject, 'auth', async () => ({
      entitlements: this.entitlements,
      version: 1,
    }));
    await this.allow({});
  }

  /** Makes auth stop replying. */
  async silenceAuth(): Promise<void> {
    await this.auth.drain();
  }

  async startInstances(count: number, onFailure: 'allow' | 'refuse' = 'refuse'): Promise<void> {
    this.services = await Promise.all(Array.from({ length: count }, () => this.startInstance(onFailure)));
  }

  async closeInstances(): Promise<void> {
    await Promise.all(this.services.map((service) => service.close()));
  }

  get roomId(): string {
    return `room${this.room}`;
  }

  /** Changes the entitlements that auth returns, and publishes the change as auth does. */
  async allow(changed: Partial<Entitlements>): Promise<void> {
    this.entitlements = { ...generous, ...changed };
    for (const changedAppId of [appId, moderatedAppId]) {
      this.client.publish(entitlementsChanged, {}, { appId: changedAppId, version: 1 });
    }
    await this.client.flush();
  }

  /** A statement of an API key, as auth signs it. */
  stateAuthority(permission: Permission, ofAppId = appId): Promise<string> {
    return signer.sign({ actor: 'a key', kind: 'apiKey', permission, appId: ofAppId });
  }

  async send(
    content: string,
    options: Partial<messagingRpc.StoredSend> = {},
    more: { statement?: string } = {},
  ): Promise<Sent> {
    const message = {
      ...{ appId, roomId: this.roomId, from: alice, kind: 'broadcast', category: 'chat' },
      ...{ clientMessageId: `m${++this.message}`, content },
      ...options,
    } as messagingRpc.StoredSend;
    const { outcomes } = await this.client.request(messagingRpc.send, { messages: [message] }, more);
    const outcome = outcomes[0]!;
    if ('error' in outcome) {
      throw AppError.fromWire(outcome.error);
    }
    return outcome.sent as Sent;
  }

  barrage(content: string): Promise<{ messageId: string }> {
    const request = { appId, roomId: this.roomId, from: alice, category: 'chat' as const, content };
    return this.client.request(messagingRpc.sendBarrage, request);
  }

  /** Asks for permission for an update. Returns the texts to use, perhaps rewritten. */
  async permit(
    kind: messagingRpc.UpdateKind,
    content: string,
    options: Partial<RequestOf<typeof messagingRpc.permitUpdate>> = {},
    more: { statement?: string } = {},
  ): Promise<string[]> {
    const { contents } = await this.client.request(
      messagingRpc.permitUpdate,
      { ...{ appId, roomId: this.roomId, from: alice, kind, texts: [{ content }], ...options } },
      more,
    );
    return contents;
  }

  /** The published messages that are stored, in order. */
  get stored(): OrderedMessage[] {
    return this.published
      .flatMap((event) => (event.type === 'stored' ? event.messages : []))
      .sort((left, right) => left.seq - right.seq);
  }

  async waitForStored(count: number): Promise<void> {
    await waitFor(() => this.stored.length >= count, { timeoutMs: 5000, describe: `${count} messages` });
  }

  private async startInstance(onFailure: 'allow' | 'refuse'): Promise<RunningService> {
    const logger = createLogger('messaging', 'silent');
    const bus = await Bus.connect({ url: this.nats.url, name: 'messaging', logger });
    const log = await MessageLog.open(bus, this.logOptions);
    const hooks = hooksSchema.parse({
      [moderatedAppId]: {
        secret,
        moderation: { url: `${this.appServer.url}/moderate`, deadlineMs: 1000, onFailure },
        transparent: { url: `${this.appServer.url}/transparent`, deadlineMs: 1000 },
      },
    });
    return runService({
      name: 'messaging',
      module: MessagingModule.register({
        ...{ bus, log, hooks, instanceId: newId('instance') },
        usageIntervalMs: 3_600_000,
      }),
      bus,
      logger,
      httpHost: '127.0.0.1',
      httpPort: 0,
    });
  }
}

/** Call at the top of a spec; registers its hooks. */
export function useMessaging(logOptions: Partial<MessageLogOptions> = {}): UsedMessaging {
  const used = new UsedMessaging({ ...roomLogOptions, ...logOptions });
  beforeAll(() => used.start());
  afterAll(() => used.close());
  beforeEach(() => used.begin());
  afterEach(() => used.silenceAuth());
  return used;
}

export const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

export async function codesOf(count: number, work: (n: number) => Promise<unknown>): Promise<Set<number>> {
  const codes = new Set<number>();
  for (let n = 0; n < count; n++) {
    codes.add(await codeOf(work(n)));
  }
  return codes;
}
