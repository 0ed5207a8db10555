import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bus } from '@polyroom/bus';
import { startCluster } from '@polyroom/cluster';
import { clientSocketPath, clientSubprotocol } from '@polyroom/contracts';
import { freePort, HostileClient, type HostileFrames, hostileFrames, waitFor } from '@polyroom/testing';
import { Random } from '../invariants/random.js';
import { startStandInMedia } from '../invariants/stand-in-media.js';
import { type HonestView } from './honest-main.js';
import { HonestProcess } from './honest-process.js';

const appId = 78;
const hostileSockets = 1000;
/** Calm and attack alternate, so that other load of the machine affects both. */
const rounds = 5;
const calmMs = 4000;
const settleMs = 1000;
const sayEveryMs = 20;
/** Total rate of all hostile sockets; each message holds up to a few hundred frames. */
const attacksPerSecond = 800;
/** A backlog of the attackers is dropped, not sent in one burst. */
const maxBurst = 8;
const arsenalSize = 3000;
/** Warm-up: the gateway's code is compiled and its heap has grown. */
const warmUpFrames = 30_000;
/**
 * In production the attackers are other machines: here they get only the CPU time that the cluster leaves
 * (nice).
 */
const attackerPriority = 5;
const maxGrowthBytes = 64 * 1024 * 1024;
const maxSlowdown = 2;

/**
 * Sends hostile frames to a real gateway; true if it survives, its memory stays bounded and other clients are
 * served as before.
 */
export async function checkFrames(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { frames: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  });
  const frames = Number(values.frames);
  const random = new Random(Number(values.seed));
  let exits = 0;
  const cluster = await startCluster({
    rootDir,
    gatewayPorts: [await freePort()],
    mediaNodes: 0,
    logLevel: 'fatal',
    onEvent: ({ type }) => (exits += type === 'exited' ? 1 : 0),
  });
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
  const media = startStandInMedia(bus);
  const hostile: HostileClient[] = [];
  const honest = new HonestProcess();
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    for (const [name, value] of [
      ['multiRoom', true],
      ['broadcastsPerUserPerSecond', 0],
      ['broadcastsPerRoomPerSecond', 0],
    ] as const) {
      await cluster.admin.setEntitlement(appId, name, value);
    }
    const { wsUrl, name: gateway } = cluster.gateways[0]!;
    await honest.ask({ order: 'enter', url: wsUrl, app: { appId, appSign }, roomId: 'room' });
    const look = (): Promise<HonestView> => honest.ask({ order: 'look' });
    await waitFor(async () => (await look()).isIn, {
      timeoutMs: 10_000,
      describe: 'the honest user to be in',
    });
    // Built before, so that building them does not slow the attack.
    const arsenal = Array.from({ length: arsenalSize }, () => hostileFrames(() => random.next()));
    const next = (): HostileFrames => random.pick(arsenal);
    const place = { port: Number(new URL(wsUrl).port), path: clientSocketPath, protocol: clientSubprotocol };
    setPriority(attackerPriority);
    // Slow answers during warm-up count for neither side.
    const some = Array.from({ length: 100 }, () => new HostileClient({ ...place, next }));
    await attack(some, warmUpFrames, async () => {});
    some.forEach((client) => client.close());
    await sleep(settleMs);

    const rss = (): Promise<number> => readRss(cluster.process(gateway).pid!);
    const before = await rss();
    for (let index = 0; index < hostileSockets; index++) {
      hostile.push(new HostileClient({ ...place, next }));
    }
    await waitFor(() => hostile.every((client) => client.entries > 0), {
      timeoutMs: 30_000,
      describe: 'the hostile sockets to be let in',
    });
    const connected = await rss();
    let peak = connected;
    let seconds = 0;
    for (let round = 1; round <= rounds; round++) {
      await honest.ask({ order: 'start', everyMs: sayEveryMs, time: 'calm' });
      await sleep(calmMs);
      await honest.ask({ order: 'start', everyMs: sayEveryMs, time: 'attacked' });
      const startedAtMs = performance.now();
      await attack(hostile, (frames * round) / rounds, async () => {
        peak = Math.max(peak, await rss());
      });
      seconds += (performance.now() - startedAtMs) / 1000;
      await honest.ask({ order: 'stop' });
      await sleep(settleMs);
    }
    const { calm, attacked, isLost } = await look();
    const total = sum(hostile);
    const entries = hostile.reduce((all, client) => all + client.entries, 0);
    const slowdown = attacked.p99Ms / calm.p99Ms;
    const growth = peak - before;
    process.stdout.write(
      `${total} hostile frames from ${hostileSockets} sockets in ${seconds.toFixed(0)} s (${(total / seconds).toFixed(0)} a second, in ${rounds} phases with calm between, attackers at nice ${attackerPriority}), disconnected ${entries - hostileSockets} times (seed ${values.seed})\n` +
        `exits: ${exits}\n` +
        `memory of the gateway: ${mebibytes(before)} MiB before, ${mebibytes(connected)} with the sockets, ${mebibytes(peak)} at the most, growth ${mebibytes(growth)} for ${hostileSockets} hostile sockets\n` +
        `answers to an honest user: p99 ${calm.p99Ms.toFixed(1)} ms of ${calm.count} in the calm, ${attacked.p99Ms.toFixed(1)} ms of ${attacked.count} under attack, ratio ${slowdown.toFixed(2)}\n`,
    );
    return exits === 0 && growth <= maxGrowthBytes && slowdown <= maxSlowdown && !isLost;
  } finally {
    honest.close();
    hostile.forEach((client) => client.close());
    media.close();
    await bus.close();
    await cluster.close();
  }
}

/** So many frames on a steady schedule, one client after the other. */
async function attack(clients: HostileClient[], frames: number, look: () => Promise<void>): Promise<void> {
  const startedAtMs = performance.now();
  for (let attacks = 0, looks = 0; sum(clients) < frames; looks++) {
    const due = ((performance.now() - startedAtMs) / 1000) * attacksPerSecond;
    attacks = Math.max(attacks, Math.floor(due) - maxBurst);
    for (; attacks < due; attacks++) {
      clients[attacks % clients.length]!.attack();
    }
    if (looks % 100 === 0) {
      await look();
    }
    await sleep(5);
  }
}

function sum(clients: HostileClient[]): number {
  return clients.reduce((total, client) => total + client.frames, 0);
}

async function readRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
