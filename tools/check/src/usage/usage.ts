import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { Random } from '../invariants/random.js';
import {
  differenceOf,
  ExpectedUsage,
  type Figures,
  figureNames,
  noFigures,
  sumOf,
} from './expected-usage.js';
import { MediaScenes } from './media-scenes.js';
import { type ScriptedApp, ScriptedUser } from './scripted-user.js';

const appId = 77;
const entitlements = { multiRoom: true, maxRoomsPerUser: 5 };
const roomIds = ['maths', 'physics', 'music', 'lobby', 'chess'] as const;
const maxShare = 0.01;
const onAirMs = 60_000;
const mediaPauseMs = 4 * 60_000;
const hourMs = 3_600_000;
/** Longer than two reports of every process (`POLYROOM_USAGE_INTERVAL_MS`), so that nothing can be added later. */
const settleMs = 150_000;

type Row = Figures & { roomId?: string; userId?: string; fromMs?: number };

/**
 * Users follow a script for an hour: they enter and leave rooms, send messages, lose connections, publish and play.
 * True if the usage of the REST API is what the script did, within 1 %: in total, and without media by room and user.
 */
export async function checkUsage(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '60' },
      users: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
    },
  });
  const cluster = await startCluster({ rootDir, consolePort: await freePort(), logLevel: 'error' });
  const browser = await launchBrowser();
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    for (const [name, value] of Object.entries(entitlements)) {
      await cluster.admin.setEntitlement(appId, name, value);
    }
    const wsUrls = cluster.gateways.map(({ wsUrl }) => wsUrl);
    const app: ScriptedApp = { appId, appSign, wsUrls, roomIds };
    const expected = new ExpectedUsage();
    const startedAtMs = Date.now();
    const untilMs = startedAtMs + Number(values.minutes) * 60_000;
    const random = new Random(Number(values.seed));
    const users = Array.from({ length: Number(values.users) }, (_, index) => {
      const userId = `user-${index}`;
      return new ScriptedUser(app, userId, random.derive(userId), expected);
    });
    const options = { appId, appSign, gatewayUrl: wsUrls[0]! };
    const scenes = new MediaScenes(browser, cluster.consoleUrl!, options, expected);
    await Promise.all([
      ...users.map((user) => user.run(untilMs)),
      scenes.run(untilMs, Math.min(onAirMs, (untilMs - startedAtMs) / 2), mediaPauseMs),
    ]);
    process.stdout.write(`the script has ended; waiting ${settleMs / 1000} s for the reports\n`);
    await sleep(settleMs);
    return await judge(cluster, expected, startedAtMs);
  } finally {
    await browser.close();
    await cluster.close();
  }
}

async function judge(cluster: Cluster, expected: ExpectedUsage, startedAtMs: number): Promise<boolean> {
  const read = (by: string): Promise<Row[]> => readUsage(cluster, by, startedAtMs);
  const [app, rooms, users, hours] = await Promise.all([
    read('app'),
    read('room'),
    read('user'),
    read('hour'),
  ]);
  const counted = { ...noFigures, ...app[0] };
  const line = (name: string, figures: Figures): string =>
    `${name.padEnd(9)} ${figureNames.map((figure) => `${figure} ${figures[figure].toFixed(figure.endsWith('Minutes') ? 2 : 0)}`).join(', ')}\n`;
  process.stdout.write(line('expected', expected.total) + line('counted', counted));
  const problems: string[] = [];
  const compare = (what: string, wanted: Figures, found: Figures): void => {
    const { name, share } = differenceOf(wanted, found);
    process.stdout.write(`${what}: largest difference ${(share * 100).toFixed(3)} % (${name})\n`);
    if (!(share <= maxShare)) {
      problems.push(`${what}: ${name} differs by ${(share * 100).toFixed(2)} %`);
    }
  };
  compare('in total', expected.total, counted);
  // A page of the script is one user, so bytes by room and user add nothing to the total.
  const withoutMedia = (figures: Figures): Figures => ({ ...figures, sentBytes: 0, receivedBytes: 0 });
  const byRoom = new Map(rooms.map((row) => [row.roomId ?? '', row]));
  for (const [roomId, figures] of expected.byRoom) {
    compare(`room '${roomId}'`, withoutMedia(figures), withoutMedia({ ...noFigures, ...byRoom.get(roomId) }));
  }
  const byUser = new Map(users.map((row) => [row.userId, row]));
  for (const [userId, figures] of expected.byUser) {
    compare(`user ${userId}`, withoutMedia(figures), withoutMedia({ ...noFigures, ...byUser.get(userId) }));
  }
  for (const [name, rows] of Object.entries({ rooms, users, hours })) {
    compare(`the sum of ${name}`, counted, sumOf(rows));
  }
  problems.forEach((problem) => process.stdout.write(`${problem}\n`));
  return problems.length === 0;
}

async function readUsage(cluster: Cluster, by: string, startedAtMs: number): Promise<Row[]> {
  const from = Math.floor(startedAtMs / hourMs) * hourMs;
  const rows: Row[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = new URLSearchParams({
      from: String(from),
      to: String(from + 24 * hourMs),
      by,
      limit: '100',
    });
    if (cursor !== '') {
      query.set('cursor', cursor);
    }
    const page = (await cluster.admin.send('GET', `/v1/apps/${appId}/usage?${query.toString()}`)) as {
      usage: Row[];
      next?: string;
    };
    rows.push(...page.usage);
    cursor = page.next;
  }
  return rows;
}
