import { freePort } from '@polyroom/testing';
import { allServices, type ClusterAddresses, TestCluster } from './test-cluster.js';

/** The AppIDs whose messages are moderated. */
const moderatedAppIds = [4242, 4343];

/** What a spec needs to use the shared cluster, as JSON. */
export type SharedClusterDescription = Omit<ClusterAddresses, 'admin' | 'monitorUrlOf'> & {
  moderationPorts: Record<number, number>;
};

/** Starts the cluster that specs share, with all that any of them needs; runs in Jest's parent process. */
export class SharedClusterHost {
  private constructor(
    private readonly testCluster: TestCluster,
    readonly description: SharedClusterDescription,
  ) {}

  static async start(): Promise<SharedClusterHost> {
    const moderationPorts: Record<number, number> = {};
    for (const appId of moderatedAppIds) {
      moderationPorts[appId] = await freePort();
    }
    const testCluster = await TestCluster.withInterop(2, {
      ...allServices,
      // Placement on several nodes would depend on the load of other specs.
      mediaNodes: 1,
      mediaWorkers: 1,
      messagingInstances: 2,
      sessionGraceMs: 60_000,
      gatewayEnv: {
        POLYROOM_TRUSTED_PROXIES: '127.0.0.1',
        POLYROOM_UNAUTHENTICATED_TIMEOUT_MS: '60000',
      },
      env: { POLYROOM_USAGE_INTERVAL_MS: '500' },
      webhooksEnv: { POLYROOM_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' },
      messagingEnv: { POLYROOM_SIGNED_MESSAGE_HOOKS: JSON.stringify(hooksOf(moderationPorts)) },
    });
    const { gateways, interopUrls, consoleUrl, natsUrl, redisUrl, redisPrefix, adminToken, firstOwnerFile } =
      testCluster.cluster;
    return new SharedClusterHost(testCluster, {
      ...{ gateways, interopUrls, consoleUrl, natsUrl, redisUrl, redisPrefix, adminToken, firstOwnerFile },
      monitored: testCluster.cluster.monitored,
      moderationPorts,
    });
  }

  logsWith(text: string): string[] {
    return this.testCluster.logsWith(text);
  }

  close(): Promise<void> {
    return this.testCluster.close();
  }
}

function hooksOf(moderationPorts: Record<number, number>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(moderationPorts).map(([appId, port]) => [
      appId,
      {
        secret: 'sixteen characters',
        moderation: { url: `http://127.0.0.1:${port}/`, onFailure: 'refuse' },
      },
    ]),
  );
}
