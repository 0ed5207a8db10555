import { startCluster } from '@polyroom/cluster';
import { createBenchApp, limitsOfUsers } from '../bench-app.js';
import { childrenOf, CollectedMemory, inspectorFlags, proportionalBytes } from '../collected-memory.js';
import { LoginClient } from '../login-client.js';

const appId = 44;
const warmUpUsers = 200;
const measuredUsers = 1000;
const membersPerRoom = 10;
const furtherRooms = 4;
const usersAtOnce = 20;

export interface UserMemory {
  /** PSS of services, stores and media workers without users, after a garbage collection. */
  idleBytes: number;
  /** A socket, a session and one membership. */
  perUserBytes: number;
  /** One more membership. */
  perRoomBytes: number;
}

/** Measures the memory of a whole system, without its launcher: users log in, join rooms and do nothing. */
export async function measureUserMemory(rootDir: string, allInOne: boolean): Promise<UserMemory> {
  const logs: { process: string; text: string }[] = [];
  const before = new Set(childrenOf(process.pid));
  const cluster = await startCluster({
    rootDir,
    allInOne,
    ...(allInOne ? { mediaNodes: 1, mediaWorkers: 2 } : { mediaNodes: 2, mediaWorkers: 1 }),
    interopPorts: [0],
    consolePort: 0,
    logLevel: 'warn',
    nodeFlags: inspectorFlags,
    onLog: ({ process, text }) => logs.push({ process, text }),
  });
  const clients: LoginClient[] = [];
  try {
    await cluster.ready();
    const limits = { maxRoomsPerUser: furtherRooms + 1, unlimited: limitsOfUsers };
    const appSign = await createBenchApp(cluster, appId, limits);
    const services = cluster.monitored.map(({ name }) => ({ name, pid: cluster.process(name).pid! }));
    const servicePids = new Set(services.map(({ pid }) => pid));
    const stores = childrenOf(process.pid).filter((pid) => !before.has(pid) && !servicePids.has(pid));
    const memory = await CollectedMemory.of(services, logs, { others: stores, read: proportionalBytes });
    const roomOf = (index: number, room: number): string => `${room}-${Math.floor(index / membersPerRoom)}`;
    const come = async (from: number, to: number): Promise<void> => {
      await inGroups(from, to, async (index) => {
        const { wsUrl } = cluster.gateways[index % cluster.gateways.length]!;
        const client = await LoginClient.connect(wsUrl, { appId, appSign, userId: `silent-${index}` });
        clients.push(client);
        await client.enter(roomOf(index, 0));
      });
    };
    const idleBytes = await memory.bytes();
    await come(0, warmUpUsers);
    const warmBytes = await memory.bytes();
    const total = warmUpUsers + measuredUsers;
    await come(warmUpUsers, total);
    const withUsersBytes = await memory.bytes();
    await inGroups(0, total, async (index) => {
      for (let room = 1; room <= furtherRooms; room++) {
        await clients[index]!.enter(roomOf(index, room));
      }
    });
    const withRoomsBytes = await memory.bytes();
    memory.close();
    return {
      idleBytes,
      perUserBytes: (withUsersBytes - warmBytes) / measuredUsers,
      perRoomBytes: (withRoomsBytes - withUsersBytes) / total / furtherRooms,
    };
  } finally {
    clients.forEach((client) => client.close());
    await cluster.close();
  }
}

async function inGroups(from: number, to: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let first = from; first < to; first += usersAtOnce) {
    const indexes = Array.from({ length: Math.min(usersAtOnce, to - first) }, (_, offset) => first + offset);
    await Promise.all(indexes.map(work));
  }
}
