import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  authRpc,
  type Entitlements,
  entitlementsChanged,
  type PayloadOf,
  type Permission,
  type ReplyOf,
  type RequestOf,
  type RoomFact,
  roomFact,
  roomRpc,
  type RpcContract,
  sessionEnded,
  sessionExpelled,
  sessionMoved,
  type SessionRef,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { runService, type RunningService } from '@polyroom/nest-service';
import { createLogger, requestMetrics } from '@polyroom/observability';
import { type Counted, RoomStore, type RoomMember } from '@polyroom/room-store';
import {
  askRedis,
  type RedisKind,
  type RunningServer,
  startNats,
  startRedisOf,
  waitFor,
} from '@polyroom/testing';
import { StatementSigner } from '@polyroom/tokens';
import { RoomModule } from '../src/room.module.js';

export const resumeTokenHash = 'a'.repeat(64);

/** Signs the statements that auth would sign. */
const signer = await StatementSigner.create();

export interface RoomOptions {
  /** Two by default: any instance may serve any request. */
  instances?: number;
  redisKind?: RedisKind;
  graceMs?: number;
  gatewayLeaseMs?: number;
}

/** One process of the room service, in this process. */
export interface RoomInstance {
  service: RunningService;
  /** The store that its handlers use: a test may make one of its commands wait or fail. */
  store: RoomStore;
}

export type LoginRequest = RequestOf<typeof roomRpc.login>;
export type LoginReply = ReplyOf<typeof roomRpc.login>;

/**
 * The room service on real Redis and NATS, with gateways on the bus and a fake of auth. Every test has an
 * AppID and a gateway of its own.
 */
export class UsedRoom {
  /** The bus of the gateways. */
  bus!: Bus;
  /** Reads and writes the records past the service. */
  store!: RoomStore;
  instances: RoomInstance[] = [];
  appId = 1000;
  gatewayId = '';
  /** Events of this test. */
  facts: { roomId: string; fact: RoomFact }[] = [];
  expulsions: PayloadOf<typeof sessionExpelled>[] = [];
  endedSessionIds: string[] = [];
  moves: PayloadOf<typeof sessionMoved>[] = [];
  nats!: RunningServer;
  private redis!: Awaited<ReturnType<typeof startRedisOf>>;
  private auth: BusSubscription | undefined;
  private statementKeys: BusSubscription | undefined;
  private entitlements: Partial<Entitlements> = {};
  private isDisabled = false;
  private readonly heartbeats = new Map<string, NodeJS.Timeout>();

  constructor(private readonly options: RoomOptions) {}

  async start(): Promise<void> {
    const { instances = 2, redisKind = 'single' } = this.options;
    [this.nats, this.redis] = await Promise.all([startNats({ jetStream: true }), startRedisOf(redisKind)]);
    this.bus = await Bus.connect({ url: this.nats.url, name: 'gateway' });
    this.store = await this.connectStore();
    for (let count = 0; count < instances; count += 1) {
      await this.startInstance();
    }
    this.bus.subscribe(roomFact, {}, ({ appId, roomId, fact }) => {
      if (appId === this.appId) {
        this.facts.push({ roomId, fact });
      }
    });
    // Events of an earlier test may arrive during this one.
    this.bus.subscribe(sessionExpelled, {}, (expulsion) => {
      if (expulsion.session.appId === this.appId) {
        this.expulsions.push(expulsion);
      }
    });
    this.bus.subscribe(sessionEnded, {}, ({ session }) => {
      if (session.appId === this.appId) {
        this.endedSessionIds.push(session.sessionId);
      }
    });
    this.bus.subscribe(sessionMoved, {}, (move) => void this.moves.push(move));
    await this.answerAuth();
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map(({ service }) => service.close()));
    await this.store?.close();
    await this.bus?.close();
    await this.redis?.close();
    await this.nats?.close();
  }

  async begin(): Promise<void> {
    this.appId += 1;
    this.gatewayId = `gw_${this.appId}`;
    this.entitlements = {};
    this.isDisabled = false;
    this.facts = [];
    this.expulsions = [];
    this.endedSessionIds = [];
    this.moves = [];
    await this.keepGateway(this.gatewayId);
  }

  end(): void {
    [...this.heartbeats.keys()].forEach((gatewayId) => this.loseGateway(gatewayId));
  }

  async startInstance(): Promise<RoomInstance> {
    const logger = createLogger('room', 'silent');
    const store = await this.connectStore();
    const bus = await Bus.connect({ url: this.nats.url, name: 'room', logger });
    const config = {
      POLYROOM_NATS_URL: this.nats.url,
      POLYROOM_NATS_REPLICAS: 1,
      POLYROOM_HTTP_HOST: '127.0.0.1',
      POLYROOM_HTTP_PORT: 0,
      POLYROOM_LOG_LEVEL: 'silent' as const,
      POLYROOM_FAST_IO: true,
      POLYROOM_TRACE_SAMPLE: 0,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      POLYROOM_REDIS_URL: this.redis.url,
      POLYROOM_REDIS_PREFIX: 'pr',
      POLYROOM_SESSION_GRACE_MS: this.options.graceMs ?? 60_000,
      POLYROOM_GATEWAY_LEASE_MS: this.options.gatewayLeaseMs ?? 10_000,
    };
    const service = await runService({
      name: 'room',
      module: RoomModule.register(config, bus, store),
      bus,
      logger,
      httpHost: '127.0.0.1',
      httpPort: 0,
      closeLast: () => store.close(),
    });
    const instance = { service, store };
    this.instances.push(instance);
    return instance;
  }

  /** auth answers as for a disabled AppID. */
  async disable(): Promise<void> {
    this.isDisabled = true;
    this.bus.publish(entitlementsChanged, {}, { appId: this.appId, version: 1 });
    await this.bus.flush();
  }

  /** What the AppID of this test may do; to be set before its first login. */
  allow(entitlements: Partial<Entitlements>): void {
    this.entitlements = entitlements;
  }

  /** Auth does not reply while the work runs. */
  async withoutAuth(work: () => Promise<void>): Promise<void> {
    await this.auth?.drain();
    await this.statementKeys?.drain();
    try {
      await work();
    } finally {
      await this.answerAuth();
    }
  }

  /** Sends heartbeats until the gateway is lost, or the test ends. */
  async keepGateway(gatewayId: string): Promise<void> {
    const beat = () => this.bus.request(roomRpc.heartbeat, { gatewayId });
    await beat();
    const everyMs = (this.options.gatewayLeaseMs ?? 10_000) / 4;
    this.heartbeats.set(
      gatewayId,
      setInterval(() => void beat().catch(() => {}), everyMs),
    );
  }

  loseGateway(gatewayId: string): void {
    clearInterval(this.heartbeats.get(gatewayId));
    this.heartbeats.delete(gatewayId);
  }

  session(userId: string, sessionId = `se_${userId}`): SessionRef {
    return { appId: this.appId, userId, sessionId: `${sessionId}-${this.appId}` };
  }

  login(
    session: SessionRef,
    roomId: string,
    overrides: Partial<LoginRequest> = {},
    options: { timeoutMs?: number } = {},
  ): Promise<LoginReply> {
    const request: LoginRequest = {
      session,
      gatewayId: this.gatewayId,
      user: { userId: session.userId, userName: session.userId },
      sessionUserName: session.userId,
      roomId,
      mode: 'multi',
      requestId: roomId,
      opens: true,
      resumeTokenHash,
      note: { grants: {}, isUserStatusNotify: false },
      ...overrides,
    };
    return this.bus.request(roomRpc.login, request, options);
  }

  /** As a login whose process crashes after its first step, and whose session is on no list. */
  async admit(session: SessionRef, roomId: string): Promise<void> {
    await this.store.user.admit({
      session,
      roomId,
      gatewayId: this.gatewayId,
      nodeId: undefined,
      userName: session.userId,
      mode: 'multi',
      userMatches: true,
      limit: 5,
      policy: 'share',
      requestId: roomId,
      enterLeaseMs: 15_000,
      opens: true,
      tokenHash: resumeTokenHash,
      note: '{}',
      replaces: undefined,
      rightsEndMs: undefined,
    });
  }

  async suspend(session: SessionRef, { gatewayId = this.gatewayId, attach = 0 } = {}): Promise<void> {
    await this.bus.request(roomRpc.suspendSession, { session, gatewayId, attach });
  }

  resume(
    session: SessionRef,
    gatewayId: string,
    { clientAddress, ...options }: { timeoutMs?: number; clientAddress?: string } = {},
  ): Promise<ReplyOf<typeof roomRpc.resumeSession>> {
    const request = { session, gatewayId, resumeTokenHash };
    const address = clientAddress === undefined ? {} : { clientAddress };
    return this.bus.request(roomRpc.resumeSession, { ...request, ...address }, options);
  }

  async membersOf(roomId: string): Promise<RoomMember[]> {
    return (await this.store.reader.listMembers(this.appId, roomId, '0')).members;
  }

  /** The record of a session, or undefined. */
  async recordOf({ appId, userId, sessionId }: SessionRef) {
    const { sessions } = await this.store.reader.readUser(appId, userId);
    return sessions.find((record) => record.sessionId === sessionId);
  }

  /** The rooms in which a user has a place. */
  async placesOf(userId: string): Promise<string[]> {
    const { rooms } = await this.store.reader.readUser(this.appId, userId);
    return rooms.map(({ roomId }) => roomId).sort();
  }

  /** The sessions on the list of a gateway, without the suffix of the test. */
  async listOf(gatewayId = this.gatewayId): Promise<string[]> {
    const sessions = await this.store.leases.sessionsOfGateway(gatewayId);
    return sessions.map(({ sessionId }) => sessionId.replace(`-${this.appId}`, '')).sort();
  }

  /** How often a user has left a room. */
  timesLeft(userId: string, roomId: string): number {
    return this.facts.filter(
      (each) => each.roomId === roomId && each.fact.type === 'memberLeft' && each.fact.user.userId === userId,
    ).length;
  }

  whenLeft(userId: string, roomId: string): Promise<unknown> {
    return waitFor(() => this.timesLeft(userId, roomId) > 0, {
      timeoutMs: 10_000,
      describe: `${userId} to leave ${roomId}`,
    });
  }

  whenGone(session: SessionRef): Promise<unknown> {
    return waitFor(async () => (await this.recordOf(session)) === undefined, {
      timeoutMs: 10_000,
      describe: `the end of ${session.sessionId}`,
    });
  }

  /** Counts rooms or users as a login did that crashed a minute ago. */
  async countLongAgo(what: Counted, ids: string[], agoMs = 60_000): Promise<void> {
    const stamp = String((Date.now() - agoMs) * 1000);
    const key = `pr:{${this.appId}:quota}:counted-${what}`;
    const members = ids.flatMap((id) => [stamp, id]);
    await askRedis(Number(new URL(this.redis.url).port), ['ZADD', key, ...members]);
  }

  /** Whether a check of the counts of the AppID is scheduled. */
  async isCheckOfCountsDue(): Promise<boolean> {
    const port = Number(new URL(this.redis.url).port);
    const script = "return redis.call('ZSCORE', KEYS[1], ARGV[1]) and 1 or 0";
    return (await askRedis(port, ['EVAL', script, '1', 'pr:{reap:counts}:due', String(this.appId)])) === '1';
  }

  async countedIds(what: Counted): Promise<string[]> {
    const ids: string[] = [];
    let cursor = '0';
    do {
      const page = await this.store.quotas.scan(this.appId, what, cursor);
      ids.push(...page.counts.map(({ id }) => id));
      ({ cursor } = page);
    } while (cursor !== '0');
    return ids;
  }

  /** Runs the work, and waits until the handlers of as many requests of a method have ended. */
  async whenHandled(method: string, count: number, work: () => unknown): Promise<void> {
    const before = await countHandled(method);
    await work();
    await waitFor(async () => (await countHandled(method)) >= before + count, {
      describe: `the handler of ${method} to end`,
    });
  }

  /** Has the next scan for unlogged events run at once. */
  async forgetScan(): Promise<void> {
    await askRedis(Number(new URL(this.redis.url).port), ['DEL', 'pr:{outbox}:scan']);
  }

  private connectStore(): Promise<RoomStore> {
    return RoomStore.connect({ url: this.redis.url, prefix: 'pr', onError: () => {} });
  }

  /** Requests what only an operator may, with a statement for the AppID of this test. */
  async manage<C extends RpcContract>(contract: C, request: RequestOf<C>): Promise<ReplyOf<C>> {
    const statement = await this.stateAuthority(contract.authority!.permission);
    return this.bus.request(contract, request, { statement });
  }

  /** A statement of an operator, as auth signs it. */
  stateAuthority(permission: Permission, appId = this.appId): Promise<string> {
    return signer.sign({ actor: 'alice', kind: 'operator', permission, appId });
  }

  private async answerAuth(): Promise<void> {
    const { getEntitlements, getStatementKeys } = authRpc;
    this.statementKeys = this.bus.respond(getStatementKeys, getStatementKeys.subject, 'auth', async () => ({
      keys: [signer.publicKey],
    }));
    this.auth = this.bus.respond(getEntitlements, getEntitlements.subject, 'auth', async () => {
      if (this.isDisabled) {
        throw new AppError('COMMON_APP_OFFLINE');
      }
      return { entitlements: { ...defaultEntitlements, multiRoom: true, ...this.entitlements }, version: 1 };
    });
    await this.bus.flush();
  }
}

export function useRoom(options: RoomOptions = {}): UsedRoom {
  const used = new UsedRoom(options);
  beforeAll(() => used.start());
  afterAll(() => used.close());
  beforeEach(() => used.begin());
  afterEach(() => used.end());
  return used;
}

async function countHandled(method: string): Promise<number> {
  const { values } = await requestMetrics.bus.get();
  return values
    .filter(({ labels }) => labels.service === 'room' && labels.method === method)
    .reduce((sum, { value }) => sum + value, 0);
}

/** 0, or the code of the refusal. */
export const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );
