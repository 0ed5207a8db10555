import { Bus } from '@polyroom/bus';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { type Actor, NodeActor } from './actor.js';
import { FaultProxy } from './fault-proxy.js';
import { PageActor } from './page-actor.js';

const appId = 47;
/** Short: a user stays for as long if the client never got the answer to its login. */
const sessionGraceMs = 5000;

/** The servers and the browser of all sequences. */
export class ClientWorld {
  private constructor(
    readonly cluster: Cluster,
    readonly bus: Bus,
    readonly appId: number,
    private readonly appSign: string,
    private readonly browser: Browser | undefined,
  ) {}

  static async start(rootDir: string, withPages: boolean): Promise<ClientWorld> {
    const cluster = await startCluster({
      rootDir,
      consolePort: await freePort(),
      mediaWorkers: 1,
      sessionGraceMs,
      logLevel: 'warn',
    });
    try {
      await cluster.ready();
      const { appSign } = await cluster.admin.createApp({
        appId,
        name: 'check',
        credentialKinds: ['appSign'],
      });
      await cluster.admin.setEntitlement(appId, 'multiRoom', true);
      const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
      const browser = withPages ? await launchBrowser() : undefined;
      return new ClientWorld(cluster, bus, appId, appSign, browser);
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** A client in this process behind a proxy; without one if its network never fails. */
  async openActor(userId: string, firstGateway: number, withProxy = true): Promise<Actor> {
    const proxy = withProxy ? await FaultProxy.start(this.gatewayPorts, firstGateway) : undefined;
    return new NodeActor({ ...this.userOptions(userId), server: proxy?.url ?? this.gatewayUrl }, proxy);
  }

  async openPage(userId: string, firstGateway: number): Promise<PageActor> {
    const proxy = await FaultProxy.start(this.gatewayPorts, firstGateway);
    const options = { ...this.userOptions(userId), server: proxy.url };
    return PageActor.open(this.browser!, this.cluster.consoleUrl!, options, proxy);
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.bus.close();
    await this.cluster.close();
  }

  private userOptions(userId: string): { appId: number; appSign: string; userId: string } {
    return { appId: this.appId, appSign: this.appSign, userId };
  }

  private get gatewayUrl(): string {
    return this.cluster.gateways[0]!.wsUrl;
  }

  private get gatewayPorts(): number[] {
    return this.cluster.gateways.map(({ httpUrl }) => Number(new URL(httpUrl).port));
  }
}
