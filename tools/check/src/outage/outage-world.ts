import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type RunningPostgres, startPostgres } from '@polyroom/testing';
import { startStandInMedia } from '../invariants/stand-in-media.js';
import { createKnownApp, type Credential, credentialInTurn, type KnownApp } from './known-app.js';
import { tryLogin } from './try-login.js';

const rooms = 20;

/** A cluster on PostgreSQL with two gateways and two instances of auth. */
export class OutageWorld {
  private logins = 0;
  private readonly closers: (() => unknown)[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly postgres: RunningPostgres,
  ) {}

  static async start(
    rootDir: string,
    authEnv: Record<string, string>,
    onLog: (line: string) => void,
  ): Promise<OutageWorld> {
    const postgres = await startPostgres();
    const cluster = await startCluster({
      rootDir,
      databaseUrl: postgres.url,
      authInstances: 2,
      authEnv,
      mediaNodes: 0,
      // A user of the check leaves no session behind.
      sessionGraceMs: 1000,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
    });
    const world = new OutageWorld(cluster, postgres);
    const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
    const media = startStandInMedia(bus);
    world.closers.push(
      () => media.close(),
      () => bus.close(),
    );
    await cluster.ready();
    return world;
  }

  createApp(name: string): Promise<KnownApp> {
    return createKnownApp(this.cluster.admin, name);
  }

  /** A new user logs in with one of the kinds of credentials, in turn, at one of the gateways, in turn. */
  async login(app: KnownApp): Promise<number> {
    const turn = this.logins++;
    const userId = `user-${turn}`;
    return this.loginWith(app, userId, await credentialInTurn(app, userId, turn));
  }

  async loginWith({ appId }: KnownApp, userId: string, credential: Credential): Promise<number> {
    const gateways = this.cluster.gateways;
    const turn = this.logins++;
    const { code } = await tryLogin(gateways[Math.floor(turn / 3) % gateways.length]!.wsUrl, {
      ...{ appId, mode: 'single', roomId: `room-${turn % rooms}`, user: { userId, userName: userId } },
      ...credential,
    });
    return code;
  }

  /** Status and code of a request to the REST API. */
  async admin(
    method: string,
    path: string,
    { body, credential = this.cluster.adminToken }: { body?: unknown; credential?: string } = {},
  ): Promise<{ status: number; code: number; body: unknown }> {
    const [gateway] = this.cluster.gateways;
    const response = await fetch(`${gateway!.httpUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${credential}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error?: { code: number } };
    return { status: response.status, code: answer.error?.code ?? 0, body: answer };
  }

  async close(): Promise<void> {
    for (const close of this.closers) {
      await close();
    }
    await this.cluster.close();
    await this.postgres.close();
  }
}
