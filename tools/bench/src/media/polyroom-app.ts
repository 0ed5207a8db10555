import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type ClientResult, mediaRpc } from '@polyroom/contracts';
import { LoginClient } from '../login-client.js';
import { type DtlsParameters, type MediaApp, type RtpParameters } from './media-app.js';
import { type RemoteTransport } from './rtc-peer.js';

type Media = NonNullable<ClientResult<'room.login'>['media']>;

const appId = 42;
const roomId = 'bench';
const scrapeMs = 1000;
const scraped = ['auth', 'room-1', 'messaging', 'media-1', 'gateway-1'];

/**
 * A whole cluster whose media node has one worker. All users are logged in over the gateway and receive joins
 * and leaves, entitlements are checked as in production, active speakers are detected and reported, and the
 * metrics of all services are scraped each second.
 */
export class PolyroomApp implements MediaApp {
  readonly name = 'Polyroom';
  private readonly clients = new Map<string, { client: LoginClient; media: Media }>();
  private readonly streams: string[] = [];
  private readonly scraping: NodeJS.Timeout;

  private constructor(
    private readonly cluster: Cluster,
    private readonly appSign: string,
    readonly workerPid: number,
    private readonly dtlsParameters: DtlsParameters,
  ) {
    this.scraping = setInterval(() => void this.scrape(), scrapeMs);
  }

  static async start(rootDir: string, dtlsParameters: DtlsParameters): Promise<PolyroomApp> {
    const cluster = await startCluster({ rootDir, mediaWorkers: 1, logLevel: 'warn' });
    try {
      await cluster.ready();
      const { appSign } = await cluster.admin.createApp({
        appId,
        name: 'bench',
        credentialKinds: ['appSign'],
      });
      await cluster.admin.setEntitlement(appId, 'multiRoom', true);
      const bus = await Bus.connect({ url: cluster.natsUrl, name: 'bench' });
      const { workers } = await bus.requestNode(mediaRpc.dumpNode, 'nd_1', {});
      await bus.close();
      return new PolyroomApp(cluster, appSign, workers[0]!.pid, dtlsParameters);
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  openPublisher(key: string): Promise<RemoteTransport> {
    return this.open(key, 'send');
  }

  async produce(key: string, kind: 'audio' | 'video', rtpParameters: RtpParameters): Promise<void> {
    const { client } = this.clients.get(key)!;
    const streamId = `stream-${key}`;
    if (!this.streams.includes(streamId)) {
      this.streams.push(streamId);
      await client.ask('stream.publish', { streamId, channel: 0, roomId });
    }
    await client.ask('stream.produce', { streamId, kind, kinds: ['audio', 'video'], rtpParameters });
  }

  async share(key: string): Promise<void> {
    await this.clients.get(key)!.client.ask('stream.share', { streamId: `stream-${key}`, roomId });
  }

  openViewer(key: string): Promise<RemoteTransport> {
    return this.open(key, 'recv');
  }

  async playAll(key: string): Promise<void> {
    const { client, media } = this.clients.get(key)!;
    for (const streamId of this.streams) {
      const rtpCapabilities = media.routerRtpCapabilities;
      await client.ask('stream.play', { streamId, roomId, rtpCapabilities });
      await client.ask('stream.resume', { streamId });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.scraping);
    this.clients.forEach(({ client }) => client.close());
    await this.cluster.close();
  }

  private async open(key: string, direction: 'send' | 'recv'): Promise<RemoteTransport> {
    const { wsUrl } = this.cluster.gateways[0]!;
    const client = await LoginClient.connect(wsUrl, { appId, appSign: this.appSign, userId: key });
    const { media } = await client.enter(roomId, { isUserStatusNotify: true });
    this.clients.set(key, { client, media: media! });
    await client.ask('transport.connect', { direction, dtlsParameters: this.dtlsParameters });
    return media![direction] as unknown as RemoteTransport;
  }

  private async scrape(): Promise<void> {
    const answers = scraped.map((name) => fetch(`${this.cluster.monitorUrlOf(name)}/metrics`));
    await Promise.allSettled(answers.map(async (answer) => (await answer).text()));
  }
}
