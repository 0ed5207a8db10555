import { setTimeout as sleep } from 'node:timers/promises';
import { type CheckedUser } from '../invariants/history.js';
import { type SocketDevice } from '../invariants/socket-device.js';
import { graceMs, leaseMs, type RecoveryWorld, roomsOf } from './recovery-world.js';

const stopMs = leaseMs / 2 - 100;
/** By then every consequence of the stop has happened. */
const settledMs = leaseMs + graceMs + 1500;

export interface Stopped {
  process: string;
  users: number;
  wrong: string[];
}

/** Stops processes one after the other for just under half a lease: no live user may be evicted. */
export async function runStops(world: RecoveryWorld, usersPerStop: number): Promise<Stopped[]> {
  const { cluster, redisServer, natsServer } = world;
  const targets: [string, (signal: NodeJS.Signals) => void][] = [
    ...['gateway-1', 'gateway-2', 'room-1', 'room-2', 'auth', 'messaging'].map(
      (name): [string, (signal: NodeJS.Signals) => void] => [
        name,
        (signal) => cluster.process(name).kill(signal),
      ],
    ),
    ['Redis', (signal) => redisServer.signal(signal)],
    ['NATS', (signal) => natsServer.signal(signal)],
  ];
  const people = await Promise.all(
    Array.from({ length: usersPerStop }, async () => {
      const user = world.createUser();
      return { user, device: await world.enter(user) };
    }),
  );
  const results: Stopped[] = [];
  for (const [process, signal] of targets) {
    signal('SIGSTOP');
    await sleep(stopMs);
    signal('SIGCONT');
    await sleep(settledMs);
    results.push({ process, users: people.length, wrong: await findEvicted(world, people) });
    await world.cluster.ready();
  }
  await Promise.all(people.map(({ device }) => device.end()));
  return results;
}

async function findEvicted(
  world: RecoveryWorld,
  people: { user: CheckedUser; device: SocketDevice }[],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const person of people) {
    const { user, device } = person;
    const rooms = await world.cluster.admin.listUserRooms(user.appId, user.userId);
    const codes = device.expelledCodes.splice(0);
    if (device.lostAtMs !== undefined || rooms.length !== roomsOf(user).length || codes.length > 0) {
      const socket = device.lostAtMs === undefined ? 'its socket' : 'no socket';
      wrong.push(`${user.userId} has ${rooms.length} rooms and ${socket}, received ${codes.join(' ')}`);
      person.device = await world.enter(user);
    }
  }
  return wrong;
}
