import { Bus } from '@polyroom/bus';
import {
  authRpc,
  type Entitlements,
  type Grants,
  isRevokedBy,
  type LoginHookTerms,
  messagingRpc,
  type NodeRpcContract,
  type ParsedRequestOf,
  type ReplyOf,
  type RequestOf,
  type Revocation,
  roomRpc,
  type RpcContract,
  type SessionRef,
  webhooksRpc,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { HealthModule, runService, type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { askRedis, type RunningServer, startNats, startRedis, waitFor } from '@polyroom/testing';
import { StatementSigner } from '@polyroom/tokens';
import { type INestApplicationContext } from '@nestjs/common';
import { ClientMethods } from '../src/methods/client-methods.js';
import { MediaNodes } from '../src/media/media-nodes.js';
import { SessionLifecycle } from '../src/session/session-lifecycle.js';
import { SessionModule } from '../src/session.module.js';
import { MediaStandIn } from './media-stand-in.js';
import { RoomProcess } from './room-process.js';
import { TestClient } from './test-client.js';

export const appId = 7;

/** One process that holds sessions. */
export interface TestGateway {
  readonly gatewayId: string;
  readonly app: INestApplicationContext;
  connect(clientAddress?: string): TestClient;
  close(): Promise<void>;
}

/** What a client keeps of its session to resume it. */
export type Ticket = Pick<
  ParsedRequestOf<typeof roomRpc.resumeSession>['session'],
  'appId' | 'sessionId' | 'userId'
> & { resumeToken: string };

const silent = createLogger('gateway', 'silent');
/** Signs the statements that auth would sign. */
const signer = await StatementSigner.create();
let gatewayCount = 0;

class SessionsOnly {}

/**
 * Real NATS and Redis, the room service as a process, and gateways in this process. Auth and messaging, which these
 * specs are not about, and the media nodes are stand-ins on the bus.
 */
export class SessionWorld {
  readonly nodes = new Map<string, MediaStandIn>();
  /** Grants by token; any other token gets all rights without expiry. */
  readonly grantsByToken = new Map<string, Grants>();
  /** Differences from the defaults, with multi-room mode on. */
  entitlements: Partial<Entitlements> = {};
  /** Those of which auth knows. */
  revocations: Revocation[] = [];
  /** Called before credentials are accepted; may wait or throw. */
  onAuthenticate: () => void | Promise<void> = () => {};
  /** Of the AppID's login hook; undefined: it has none. */
  loginHook: LoginHookTerms | undefined;
  /** The answer of the login hook. */
  onDecideLogin: (
    request: ParsedRequestOf<typeof webhooksRpc.decideLogin>,
  ) => ReplyOf<typeof webhooksRpc.decideLogin> = () => ({});
  /** Called when revoked tokens are looked up, before the reply; may wait. */
  onFindRevoked: () => void | Promise<void> = () => {};
  private gateways: TestGateway[] = [];

  private constructor(
    readonly nats: RunningServer,
    readonly redis: Awaited<ReturnType<typeof startRedis>>,
    readonly room: RoomProcess,
    /** Of the stand-ins; a spec may use it to act behind the gateways. */
    readonly bus: Bus,
  ) {}

  static async start({ graceMs = 60_000, gatewayLeaseMs = 5000 } = {}): Promise<SessionWorld> {
    const [nats, redis] = await Promise.all([startNats(), startRedis()]);
    const room = await RoomProcess.start({
      natsUrl: nats.url,
      redisUrl: redis.url,
      graceMs,
      gatewayLeaseMs,
    });
    const bus = await Bus.connect({ url: nats.url, name: 'stand-ins' });
    const world = new SessionWorld(nats, redis, room, bus);
    world.serve();
    await bus.flush();
    return world;
  }

  async addNode(nodeId: string, cpuLoad = 0): Promise<MediaStandIn> {
    const node = new MediaStandIn(await Bus.connect({ url: this.nats.url, name: nodeId }), nodeId);
    node.cpuLoad = cpuLoad;
    this.nodes.set(nodeId, node);
    await node.start();
    return node;
  }

  async addGateway(): Promise<TestGateway> {
    gatewayCount += 1;
    const gatewayId = `gw_${gatewayCount}`;
    const bus = await Bus.connect({ url: this.nats.url, name: gatewayId, logger: silent });
    let app: INestApplicationContext | undefined;
    const service: RunningService = await runService({
      name: 'gateway',
      module: {
        module: SessionsOnly,
        imports: [
          HealthModule.register({ checks: {} }),
          SessionModule.register({
            gatewayId,
            turn: { urls: [], secret: undefined, ttlSeconds: 60 },
            usageIntervalMs: 3_600_000,
          }),
        ],
      },
      bus,
      logger: silent,
      nodeId: gatewayId,
      httpHost: '127.0.0.1',
      httpPort: 0,
      configure: (created) => void (app = created),
    });
    const gateway: TestGateway = {
      gatewayId,
      app: app!,
      connect: (clientAddress) =>
        new TestClient(app!.get(ClientMethods), app!.get(SessionLifecycle), clientAddress),
      close: () => service.close(),
    };
    this.gateways.push(gateway);
    return gateway;
  }

  /** Logs a new client in to rooms. */
  async login(
    gateway: TestGateway,
    userId: string,
    roomIds: readonly string[],
    credentials: { appSign?: string; token?: string } = { token: 'any' },
  ): Promise<{ client: TestClient; ticket: Ticket }> {
    const client = gateway.connect();
    let resumeToken = '';
    for (const roomId of roomIds) {
      const result = await client.call('room.login', {
        appId,
        mode: 'multi',
        roomId,
        user: { userId, userName: userId },
        ...credentials,
      });
      resumeToken = result.resumeToken ?? resumeToken;
    }
    const { sessionId } = client.session;
    return { client, ticket: { appId, userId, sessionId, resumeToken } };
  }

  /** Requests what only an operator may. */
  async manage<C extends RpcContract>(contract: C, request: RequestOf<C>): Promise<ReplyOf<C>> {
    const { permission } = contract.authority!;
    const statement = await signer.sign({ actor: 'alice', kind: 'operator', permission, appId });
    return this.bus.request(contract, request, { statement });
  }

  /** Requests of a gateway what only an operator of the session's AppID may. */
  async manageSession<C extends NodeRpcContract>(
    gateway: TestGateway,
    contract: C,
    request: RequestOf<C> & { session: SessionRef },
  ): Promise<ReplyOf<C>> {
    const { permission } = contract.authority!;
    const { appId } = request.session;
    const statement = await signer.sign({ actor: 'alice', kind: 'operator', permission, appId });
    return this.bus.requestNode(contract, gateway.gatewayId, request, { statement });
  }

  /** The media node in the record of a session. */
  async recordedNodeOf(session: SessionRef): Promise<string> {
    return (await this.recordOf(session)).node;
  }

  async recordOf({ appId, userId, sessionId }: SessionRef): Promise<{ node: string; state: string }> {
    const key = `pr:{${appId}:u:${userId}}:sessions`;
    const record = await askRedis(this.redis.port, ['HGET', key, sessionId]);
    return JSON.parse(record) as { node: string; state: string };
  }

  /** Removes a member from a room's data, as a Redis that loses its last writes does. */
  async forgetMember({ appId, userId }: SessionRef, roomId: string): Promise<void> {
    await askRedis(this.redis.port, ['HDEL', `pr:{${appId}:r:${roomId}}:members`, userId]);
  }

  /** Reports the media node of a session as the gateway of its socket number `attach` does. */
  async setNode(
    { appId, userId, sessionId, attach }: Ticket & { attach: number },
    nodeId: string,
  ): Promise<void> {
    await this.bus.request(roomRpc.setSessionNode, { session: { appId, userId, sessionId }, attach, nodeId });
  }

  /** Ends the gateways and media nodes of a test. */
  async clear(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    await Promise.all([...this.nodes.values()].map((node) => node.close()));
    this.gateways = [];
    this.nodes.clear();
    this.grantsByToken.clear();
    this.revocations = [];
    this.entitlements = {};
    this.onAuthenticate = () => {};
    this.loginHook = undefined;
    this.onDecideLogin = () => ({});
    this.onFindRevoked = () => {};
  }

  async close(): Promise<void> {
    await this.clear();
    await this.bus.close();
    await this.room.close();
    await Promise.all([this.nats.close(), this.redis.close()]);
  }

  /** Resolves when all gateways know all media nodes: enough if none of them fails. */
  async nodesKnown(): Promise<void> {
    const nodeIds = this.aliveNodes().map(({ nodeId }) => nodeId);
    await waitFor(
      () => this.gateways.every(({ app }) => nodeIds.every((id) => app.get(MediaNodes).ids.includes(id))),
      { timeoutMs: 5000, describe: 'the gateways to know the media nodes' },
    );
  }

  /** Resolves when all gateways know all media nodes and watch them: each has answered a ping. */
  async ready(): Promise<void> {
    await this.nodesKnown();
    const alive = this.aliveNodes();
    const seen = new Map(alive.map((node) => [node, node.count('ping')]));
    await waitFor(
      () => [...seen].every(([node, count]) => node.count('ping') > count + this.gateways.length),
      { timeoutMs: 5000, describe: 'the media nodes to be pinged by every gateway' },
    );
  }

  private aliveNodes(): MediaStandIn[] {
    return [...this.nodes.values()].filter(({ isAlive }) => isAlive);
  }

  private serve(): void {
    this.answer(authRpc.authenticate, async ({ token = '' }) => {
      await this.onAuthenticate();
      const grants = this.grantsByToken.get(token) ?? {};
      return { grants, ...(this.loginHook === undefined ? {} : { hook: this.loginHook }) };
    });
    this.answer(webhooksRpc.decideLogin, (request) => this.onDecideLogin(request));
    this.answer(authRpc.findRevoked, async ({ tokens }) => {
      const reply = {
        version: this.revocations.length,
        revoked: tokens.flatMap(({ userId, ...token }, index) =>
          this.revocations.some((revocation) => isRevokedBy(revocation, userId, token)) ? [index] : [],
        ),
      };
      await this.onFindRevoked();
      return reply;
    });
    this.answer(authRpc.getStatementKeys, () => ({ keys: [signer.publicKey] }));
    this.answer(authRpc.getEntitlements, () => ({
      entitlements: { ...defaultEntitlements, multiRoom: true, ...this.entitlements },
      version: 1,
    }));
    this.answer(messagingRpc.permitUpdate, ({ texts }) => ({
      contents: texts.map(({ content }) => content),
    }));
    this.answer(messagingRpc.readHistory, () => ({
      position: { epoch: '', seq: 0 },
      gone: false,
      messages: [],
    }));
  }

  private answer<C extends RpcContract>(
    contract: C,
    reply: (request: ParsedRequestOf<C>) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    this.bus.respond(contract, contract.subject, undefined, async (request) =>
      reply(request as ParsedRequestOf<C>),
    );
  }
}
