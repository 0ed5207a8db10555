import { Bus } from '@polyroom/bus';
import { startCluster } from '@polyroom/cluster';
import { freePort, startNats, startRedis } from '@polyroom/testing';
import { startStandInMedia } from '../invariants/stand-in-media.js';
import { Ledger } from './ledger.js';
import { Member } from './member.js';
import { type Fault, runTraffic, type TrafficOptions } from './traffic.js';

export type RunPlan = Omit<TrafficOptions, 'ledger' | 'speakers' | 'faults'> & {
  rooms: number;
  membersPerRoom: number;
};

const appId = 77;
const noLimits = ['broadcastsPerUserPerSecond', 'broadcastsPerRoomPerSecond', 'loginsPerSecond'];

/** The cluster under test. */
export async function runPolyroom(
  rootDir: string,
  plan: RunPlan,
): Promise<Awaited<ReturnType<typeof runTraffic>>> {
  const nats = await startNats({ jetStream: true });
  const redis = await startRedis({ appendOnly: true });
  const cluster = await startCluster({
    rootDir,
    natsUrl: nats.url,
    redisUrl: redis.url,
    gatewayPorts: [await freePort(), await freePort(), await freePort()],
    roomInstances: 2,
    messagingInstances: 2,
    mediaNodes: 0,
    logLevel: 'error',
    onLog: (line) => plan.log(`${line.process}: ${line.text.slice(0, 300)}`),
  });
  const bus = await Bus.connect({ url: nats.url, name: 'check' });
  const media = startStandInMedia(bus);
  const members: Member[] = [];
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    for (const name of noLimits) {
      await cluster.admin.setEntitlement(appId, name, 0);
    }
    // At a hundred messages a second per room the default is ten seconds, less than a restart on a busy
    // machine.
    await cluster.admin.setEntitlement(appId, 'historyMessages', 10_000);
    // The limit is enforced as in production, and never reached.
    await cluster.admin.setEntitlement(appId, 'maxStoredMessageBytes', 2 ** 40);
    const ledger = new Ledger();
    const urls = cluster.gateways.map(({ wsUrl }) => wsUrl);
    for (let index = 0; index < plan.rooms * plan.membersPerRoom; index++) {
      const [roomId, userId] = [`room${index % plan.rooms}`, `user${index}`];
      ledger.addReceiver(userId, roomId);
      members.push(new Member({ urls, place: index, appId, appSign, roomId, userId, ledger }));
    }
    const killed = (name: string): Fault => ({ name, kill: () => cluster.process(name).kill('SIGKILL') });
    const faults: Fault[] = [
      killed('gateway-1'),
      killed('messaging'),
      killed('gateway-2'),
      {
        name: 'nats',
        kill: async () => {
          await nats.kill('SIGKILL');
          await nats.restart();
        },
      },
      killed('gateway-3'),
      killed('room-1'),
      killed('messaging-2'),
    ];
    const result = await runTraffic({ ...plan, ledger, speakers: members, faults });
    const { receivers } = ledger.lost;
    if (receivers.length > 0) {
      plan.log(`receivers that lack messages: ${receivers.join(' ')}`);
    }
    return result;
  } finally {
    members.forEach((member) => member.close());
    media.close();
    await bus.close();
    await cluster.close();
    await nats.close();
    await redis.close();
  }
}
