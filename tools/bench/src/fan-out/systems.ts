import { startCluster } from '@polyroom/cluster';
import { freePort, startNats, startRedis } from '@polyroom/testing';
import { inspectorFlags } from '../collected-memory.js';
import { Child } from './child.js';
import { type ContenderOptions } from './contender.js';

export interface Systems {
  polyroom: ContenderOptions;
  /** The metrics of the gateways. */
  metricsUrls: string[];
  ws: ContenderOptions;
  socketIo: ContenderOptions;
  /** The output of the processes, by name. */
  logs: readonly { process: string; text: string }[];
  close(): Promise<void>;
}

const appId = 42;
const noLimits = [
  'broadcastsPerUserPerSecond',
  'broadcastsPerRoomPerSecond',
  'loginsPerSecond',
  'maxStoredMessageBytes',
] as const;
/** Large enough to fill the buffers of a reader that does not read. */
const maxMessageBytes = 16 * 1024;

/** Starts everything that is compared, side by side on this machine; only one system is busy at a time. */
export async function startSystems(rootDir: string): Promise<Systems> {
  const nats = await startNats({ jetStream: true });
  const redis = await startRedis();
  const logs: { process: string; text: string }[] = [];
  const cluster = await startCluster({
    ...{ rootDir, natsUrl: nats.url, redisUrl: redis.url, logLevel: 'warn' },
    nodeFlags: inspectorFlags,
    onLog: ({ process, text }) => logs.push({ process, text }),
  });
  const wsPort = await freePort();
  const ioPort1 = await freePort();
  const ioPort2 = await freePort();
  const ws = await Child.start('ws-main', [String(wsPort)], true, (text) =>
    logs.push({ process: 'ws', text }),
  );
  const io1 = await Child.start('socket-io-main', [String(ioPort1), redis.url], true);
  const io2 = await Child.start('socket-io-main', [String(ioPort2), redis.url], true);
  await cluster.ready();
  const { appSign } = await cluster.admin.createApp({ appId, name: 'bench', credentialKinds: ['appSign'] });
  await cluster.admin.setEntitlement(appId, 'multiRoom', true);
  for (const name of noLimits) {
    await cluster.admin.setEntitlement(appId, name, 0);
  }
  await cluster.admin.setEntitlement(appId, 'maxMessageBytes', maxMessageBytes);
  // Every process that a message passes; the others (rooms, identities, media) are not involved.
  const names = ['gateway-1', 'gateway-2', 'messaging'];
  const pids = Object.fromEntries(names.map((name) => [name, pidOf(cluster.process(name))]));
  return {
    polyroom: {
      name: 'Polyroom, two gateways',
      kind: 'polyroom',
      ports: cluster.gateways.map(({ httpUrl }) => Number(new URL(httpUrl).port)),
      pids: { ...pids, nats: pidOf(nats) },
      appId,
      appSign,
    },
    metricsUrls: cluster.gateways.map(({ name }) => `${cluster.monitorUrlOf(name)}/metrics`),
    ws: { name: 'ws, one process', kind: 'ws', ports: [wsPort], pids: { ws: ws.pid } },
    socketIo: {
      name: 'socket.io + redis-adapter, two processes',
      kind: 'socket.io',
      ports: [ioPort1, ioPort2],
      pids: { 'io-1': io1.pid, 'io-2': io2.pid, redis: pidOf(redis) },
    },
    logs,
    close: async () => {
      await Promise.all([ws, io1, io2].map((child) => child.close()));
      await cluster.close();
      await nats.close();
      await redis.close();
    },
  };
}

function pidOf({ pid }: { pid: number | undefined }): number {
  if (pid === undefined) {
    throw new Error('a measured process is not running');
  }
  return pid;
}
