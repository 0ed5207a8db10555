import { freePort } from './free-port.js';
import { type RedisOptions, startRedis } from './redis.js';
import { askRedis } from './redis-request.js';
import { type RunningServer } from './server-process.js';
import { waitFor } from './wait-for.js';

/** A Redis Cluster of masters without replicas: slots of running nodes stay readable and writable. */
export interface RunningRedisCluster {
  /** Names every node, as POLYROOM_REDIS_URL does. */
  url: string;
  nodes: RunningServer[];
  /** Waits until all nodes agree that every slot is served. */
  ready(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

const slotCount = 16_384;
const formDeadlineMs = 20_000;
/** After this silence the other nodes consider a node down. */
const nodeTimeoutMs = 1000;

/** Starts real nodes on free ports and forms one Cluster, with the slots distributed equally. */
export async function startRedisCluster(
  options: Pick<RedisOptions, 'appendOnly'> & { size?: number } = {},
): Promise<RunningRedisCluster> {
  const size = options.size ?? 3;
  const nodes: RunningServer[] = [];
  let closed: Promise<void> | undefined;
  const cluster: RunningRedisCluster = {
    url: '',
    nodes,
    ready: () => waitUntilFormed(nodes),
    close: () => (closed ??= Promise.all(nodes.map((node) => node.close())).then(() => undefined)),
  };
  try {
    const busPorts: number[] = [];
    for (let index = 0; index < size; index++) {
      const busPort = await freePort();
      busPorts.push(busPort);
      nodes.push(await startRedis({ ...options, cluster: { busPort, nodeTimeoutMs } }));
    }
    for (const [index, node] of nodes.entries()) {
      // Assigned before they meet: otherwise they first have to resolve an epoch conflict.
      await askRedis(node.port, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
      const first = Math.floor((index * slotCount) / size);
      const last = Math.floor(((index + 1) * slotCount) / size) - 1;
      await askRedis(node.port, ['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
    }
    for (const [index, node] of nodes.entries()) {
      await askRedis(nodes[0]!.port, [
        'CLUSTER',
        'MEET',
        '127.0.0.1',
        String(node.port),
        String(busPorts[index]),
      ]);
    }
    await cluster.ready();
    cluster.url = `redis+cluster://${nodes.map((node) => `127.0.0.1:${node.port}`).join(',')}`;
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function waitUntilFormed(nodes: RunningServer[]): Promise<void> {
  for (const node of nodes) {
    await waitFor(
      async () => {
        const info = await askRedis(node.port, ['CLUSTER', 'INFO']);
        return (
          info.includes('cluster_state:ok') &&
          info.includes(`cluster_slots_ok:${slotCount}`) &&
          info.includes(`cluster_size:${nodes.length}`)
        );
      },
      { timeoutMs: formDeadlineMs, describe: `the Redis Cluster to form at port ${node.port}` },
    );
  }
}
