import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CheckedUser } from '../invariants/history.js';
import { startClients } from './client-process.js';
import { type Freed, watchFreeing } from './freeing.js';
import { runReconnects } from './reconnects.js';
import { graceMs, leaseMs, RecoveryWorld, roomsOf, roomsPerUser } from './recovery-world.js';
import { runStops } from './stops.js';

const usersPerKill = 120;
const usersPerStop = 60;
const rightWithinMs = 6000;

/**
 * Checks for leaked state after kills, and for users who lose rooms without a kill; true if there are none.
 */
export async function checkRecovery(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '9' },
      reconnects: { type: 'string', default: '10000' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const kills = Number(values.kills);
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const world = await RecoveryWorld.start(rootDir, values.verbose ? log : () => {});
  let passed = true;
  const judge = (isRight: boolean, line: string): void => {
    passed &&= isRight;
    log(`${isRight ? 'right' : 'WRONG'}: ${line}`);
  };
  try {
    log(`lease ${leaseMs} ms, grace ${graceMs} ms (not counted), ${roomsPerUser} rooms a user`);
    judgeFreed(judge, 'clients', await repeat(kills, () => killClients(world)));
    judgeFreed(judge, 'gateways', await repeat(kills, () => killGateway(world)));
    judgeFreed(judge, 'room instances', await repeat(kills, () => killRoomInstance(world)));
    for (const { process: name, users, wrong } of await runStops(world, usersPerStop)) {
      const text = wrong.length === 0 ? '' : `: ${wrong.slice(0, 3).join('; ')}`;
      judge(
        wrong.length === 0,
        `${name} stopped for less than half a lease: ${wrong.length} of ${users} users lost a room or their socket${text}`,
      );
    }
    const reconnects = await runReconnects(world, Number(values.reconnects));
    judge(
      reconnects.wrong.length === 0,
      `${reconnects.count} reconnects (${reconnects.resumed} resumed, ${reconnects.loggedInAgain} with a new login) racing the old socket's end: ${reconnects.wrong.length} wrong evictions ${reconnects.wrong.slice(0, 3).join('; ')}`,
    );
    const left = await settleLeftovers(world);
    judge(left.length === 0, `keys left after three leases: ${left.length} ${left.slice(0, 8).join(' ')}`);
    return passed;
  } finally {
    await world.close();
  }
}

function judgeFreed(judge: (isRight: boolean, line: string) => void, what: string, freed: Freed[]): void {
  const afterMs = freed.flatMap((each) => each.afterMs).sort((left, right) => left - right);
  const leaked = freed.flatMap((each) => each.leaked);
  const users = afterMs.length + leaked.length;
  const inTime = afterMs.filter((ms) => ms <= rightWithinMs).length / users;
  const worstMs = afterMs[afterMs.length - 1] ?? Infinity;
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  judge(
    inTime >= 0.999 && worstMs <= 2 * leaseMs && leaked.length === 0,
    `${freed.length} ${what} killed, ${users} users: ${(inTime * 100).toFixed(2)}% right within 6 s, median ${seconds(afterMs[Math.floor(afterMs.length / 2)] ?? Infinity)} s, last after ${seconds(worstMs)} s, ${leaked.length} leaked after three leases`,
  );
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let time = 0; time < times; time++) {
    results.push(await work());
  }
  return results;
}

async function killClients(world: RecoveryWorld): Promise<Freed> {
  const users = Array.from({ length: usersPerKill }, () => world.createUser());
  const clients = await startClients({
    gateways: world.cluster.gateways,
    logins: users.map((user) => ({ user, roomIds: roomsOf(user) })),
  });
  const killedAtMs = performance.now();
  clients.kill();
  return watchFreeing(world, users, killedAtMs);
}

async function killGateway(world: RecoveryWorld): Promise<Freed> {
  const gateway = world.random.pick(world.cluster.gateways).name;
  const users = await enterAll(world, usersPerKill, gateway);
  // At a random time between two heartbeats.
  await sleep(world.random.below(leaseMs / 3));
  const killedAtMs = performance.now();
  world.cluster.process(gateway).kill('SIGKILL');
  const freed = await watchFreeing(world, users, killedAtMs);
  await world.cluster.ready();
  return freed;
}

/** Every user is entering or leaving another room when the instance is killed; then all leave. */
async function killRoomInstance(world: RecoveryWorld): Promise<Freed> {
  const users = Array.from({ length: usersPerKill }, () => world.createUser());
  const devices = await Promise.all(users.map((user) => world.enter(user)));
  let killedAtMs = Infinity;
  const moving = devices.map(async (device, index) => {
    const [roomId] = roomsOf(users[index]!);
    for (let request = 10; performance.now() < killedAtMs; request++) {
      await device.logout(roomId!);
      await device.login(roomId!, request);
    }
  });
  await sleep(200 + world.random.below(300));
  killedAtMs = performance.now();
  world.cluster.process(world.random.pick(['room-1', 'room-2'])).kill('SIGKILL');
  // Users without an answer drop the connection; the others log out as soon as they can.
  await Promise.race([Promise.all(moving), sleep(1000)]);
  await Promise.all(devices.map((device) => device.cut()));
  const freed = await watchFreeing(world, users, killedAtMs);
  await Promise.all(moving);
  await world.cluster.ready();
  return freed;
}

async function enterAll(world: RecoveryWorld, count: number, gateway: string): Promise<CheckedUser[]> {
  const users = Array.from({ length: count }, () => world.createUser());
  await Promise.all(users.map((user) => world.enter(user, gateway)));
  return users;
}

async function settleLeftovers(world: RecoveryWorld): Promise<string[]> {
  const untilMs = performance.now() + 3 * leaseMs;
  let left = await world.leftovers();
  while (left.length > 0 && performance.now() < untilMs) {
    await sleep(250);
    left = await world.leftovers();
  }
  return left;
}
