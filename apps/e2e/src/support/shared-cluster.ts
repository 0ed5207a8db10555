import { type Bus } from '@polyroom/bus';
import { AdminClient } from '@polyroom/cluster';
import { askRun } from './ask-run.js';
import { MediaWatch } from './media-watch.js';
import { type RawClient } from './raw-client.js';
import { type SharedClusterDescription } from './shared-cluster-host.js';
import { RunningCluster } from './test-cluster.js';

/**
 * The cluster that the specs of a run share, up to two at a time; the first one that attaches starts it. Each spec
 * creates its AppIDs and asserts nothing about those of another one, nor about totals of the cluster.
 */
export class SharedCluster extends RunningCluster {
  private readonly clients: RawClient[] = [];

  private constructor(private readonly description: SharedClusterDescription) {
    super({
      ...description,
      admin: new AdminClient(description.gateways[0]!.httpUrl, description.adminToken),
      monitorUrlOf: (name) => {
        const found = description.monitored.find((process) => process.name === name);
        if (found === undefined) {
          const names = description.monitored.map((process) => process.name).join(', ');
          throw new Error(`no process is named ${name}: there are ${names}`);
        }
        return found.url;
      },
    });
  }

  static async attach(): Promise<SharedCluster> {
    return new SharedCluster((await askRun('/cluster')) as SharedClusterDescription);
  }

  override async connect(gateway: 0 | 1): Promise<RawClient> {
    const client = await super.connect(gateway);
    this.clients.push(client);
    return client;
  }

  /** The state of the only media node, without the sessions of other specs. */
  watchMedia(bus: Bus): MediaWatch {
    return new MediaWatch(bus, ['nd_1'], this.appIds);
  }

  /** The local port that is asked to moderate the messages of an AppID; the spec listens there. */
  moderationPortOf(appId: number): number {
    const port = this.description.moderationPorts[appId];
    if (port === undefined) {
      throw new Error(`the shared cluster has no moderation for the AppID ${appId}`);
    }
    return port;
  }

  /** Log lines that contain the text. */
  async logsWith(wanted: string): Promise<string[]> {
    return (await askRun(`/logs?${new URLSearchParams({ text: wanted })}`)) as string[];
  }

  /** Closes the sockets of this spec; the cluster ends with the run. */
  close(): Promise<void> {
    this.clients.splice(0).forEach((client) => client.close());
    return Promise.resolve();
  }
}
