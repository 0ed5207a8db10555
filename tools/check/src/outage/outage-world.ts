import { randomInt } from 'node:crypto';
import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type CredentialKind } from '@polyroom/contracts';
import { type RunningPostgres, startPostgres } from '@polyroom/testing';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { startStandInMedia } from '../invariants/stand-in-media.js';
import { tryLogin } from './try-login.js';

export interface OutageApp {
  appId: number;
  name: string;
  appSign: string;
  serverSecret: string;
}

const credentialKinds: CredentialKind[] = ['appSign', 'token04', 'native'];
const tokenSeconds = 600;
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

  async createApp(name: string): Promise<OutageApp> {
    const appId = randomInt(1, 0xffffffff);
    const created = await this.cluster.admin.createApp({ appId, name, credentialKinds });
    return { appId, name, ...created };
  }

  /** A new user logs in with one of the kinds of credentials, in turn, at one of the gateways, in turn. */
  async login(app: OutageApp): Promise<number> {
    const turn = this.logins++;
    const userId = `user-${turn}`;
    const { appId, serverSecret: secret } = app;
    const owner = { appId, userId, secret, effectiveTimeSeconds: tokenSeconds };
    switch (turn % 3) {
      case 0:
        return this.loginWith(app, userId, { appSign: app.appSign });
      case 1:
        return this.loginWith(app, userId, { token: generateToken04(owner) });
      default:
        return this.loginWith(app, userId, { token: await issueNativeToken(owner) });
    }
  }

  loginWith(
    { appId }: OutageApp,
    userId: string,
    credential: { appSign: string } | { token: string },
  ): Promise<number> {
    const gateways = this.cluster.gateways;
    const turn = this.logins++;
    return tryLogin(gateways[Math.floor(turn / 3) % gateways.length]!.wsUrl, {
      ...{ appId, mode: 'single', roomId: `room-${turn % rooms}`, user: { userId, userName: userId } },
      ...credential,
    });
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
