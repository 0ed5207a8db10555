import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { ClientPage } from './client-page.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { openHarness } from './harness-page.js';
import { type MediaWatch } from './media-watch.js';
import { SharedCluster } from './shared-cluster.js';
import { type TestApp } from './test-cluster.js';

/** The shared cluster, and Chromium with clients of the core library that a test opens and that are closed after it. */
export class ClientWorld {
  private readonly opened: { close(): Promise<void> }[] = [];

  private constructor(
    readonly testCluster: SharedCluster,
    readonly watch: MediaWatch,
    readonly app: TestApp,
    readonly browser: Browser,
    private readonly bus: Bus,
  ) {}

  static async start(): Promise<ClientWorld> {
    const testCluster = await SharedCluster.attach();
    const bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
    const app = await testCluster.createApp({ multiRoom: true });
    const browser = await launchBrowser({ args: ['--autoplay-policy=document-user-activation-required'] });
    return new ClientWorld(testCluster, testCluster.watchMedia(bus), app, browser, bus);
  }

  get gatewayUrl(): string {
    return this.testCluster.cluster.gateways[0]!.wsUrl;
  }

  /** A page with a client; the caller closes it. */
  async openClient(
    userId: string,
    server = this.gatewayUrl,
    more: { mediaRetryTimeSeconds?: number } = {},
    beforeLoad?: Parameters<typeof openHarness>[2],
  ): Promise<ClientPage> {
    const harness = await openHarness(this.browser, this.testCluster.cluster.consoleUrl!, beforeLoad);
    const { appId, appSign } = this.app;
    return ClientPage.in(harness, userId, { appId, appSign, server, ...more });
  }

  /** The same, closed after the test. */
  async open(userId: string, server?: string): Promise<ClientPage> {
    return this.closeAfterTest(await this.openClient(userId, server));
  }

  /** Another user, at the other gateway. */
  async openViewer(userId: string, ...rooms: string[]): Promise<BrowserUser> {
    const { cluster } = this.testCluster;
    const viewer = this.closeAfterTest(
      await BrowserUser.open(this.browser, cluster.consoleUrl!, {
        appId: this.app.appId,
        appSign: this.app.appSign,
        gatewayUrl: cluster.gateways[1]!.wsUrl,
        userId,
      }),
    );
    for (const room of rooms) {
      const code = await viewer.login(room);
      if (code !== 0) {
        throw new Error(`the login of ${userId} to ${room} was refused with ${code}`);
      }
    }
    return viewer;
  }

  async openProxy(): Promise<CuttableProxy> {
    return this.closeAfterTest(await this.startProxy());
  }

  /** A proxy in front of the gateway; the caller closes it. */
  startProxy(): Promise<CuttableProxy> {
    return CuttableProxy.start(Number(new URL(this.gatewayUrl).port));
  }

  closeAfterTest<Resource extends { close(): Promise<void> }>(resource: Resource): Resource {
    this.opened.push(resource);
    return resource;
  }

  async closeOpened(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((resource) => resource.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.bus.close();
    await this.testCluster.close();
  }
}

export function proxied(proxy: CuttableProxy): string {
  return `ws://127.0.0.1:${proxy.port}/ws`;
}

export async function whenChanged(client: ClientPage, change: string, timeoutMs: number): Promise<void> {
  await waitFor(async () => (await client.changes()).at(-1)?.change === change, {
    timeoutMs,
    describe: `${change} at ${client.userId}`,
  });
}

/** Adds and removals of a stream as a viewer sees them. */
export async function updatesOf(viewer: BrowserUser, streamID: string): Promise<string[]> {
  const { streamUpdates } = await viewer.record();
  return streamUpdates
    .filter(({ streamIDs }) => streamIDs.includes(streamID))
    .map(({ roomID, updateType }) => `${updateType === 0 ? 'add' : 'delete'} ${roomID}`);
}
