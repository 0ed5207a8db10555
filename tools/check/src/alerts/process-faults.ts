import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { waitFor } from '@polyroom/testing';
import { type AlertsWorld } from './alerts-world.js';
import { type Fault } from './fault.js';

const crashes = 4;
const startsWithinMs = 20_000;
const lateSeconds = 3;
/** Of the loop that a process enters again and again. */
const busyMs = 600;
const restMs = 300;
const otherVersion = '0.0.1';

export const processFaults: Fault[] = [
  {
    name: `webhooks killed ${crashes} times`,
    remedies: { PolyroomRestarts: 'as for [PolyroomInstanceDown](#polyroominstancedown)' },
    provoke: async ({ cluster, watch }) => {
      const readStart = () => watch.read('process_start_time_seconds{instance="webhooks"}');
      for (let count = 0; count < crashes; count += 1) {
        const before = await readStart();
        cluster.process('webhooks').kill();
        await waitFor(async () => ![before, undefined].includes(await readStart()), {
          timeoutMs: startsWithinMs,
          intervalMs: 200,
          describe: 'Prometheus to see the restart',
        });
      }
    },
    cure: ({ cluster }) => cluster.ready(),
  },
  {
    name: 'room-1 without CPU time',
    remedies: { PolyroomEventLoopBlocked: 'A machine whose cores are all busy' },
    provoke: async (world) => world.begin(world.stutter(pausing(world, 'room-1'), busyMs, restMs)),
    cure: (world) => world.endBegun(),
  },
  {
    name: `the clock of webhooks ${lateSeconds} s ahead`,
    remedies: { PolyroomClockWrong: 'repair NTP on the machine' },
    provoke: (world) => world.restart('webhooks', { nodeFlags: ['--import', clockAhead(lateSeconds)] }),
    cure: (world) => world.restart('webhooks'),
  },
  {
    name: 'webhooks of another version',
    remedies: { PolyroomVersionsMixed: 'finish the [upgrade](operations.md#upgrade)' },
    provoke: async (world) => {
      const rootDir = await copyWithVersion(world, 'webhooks', otherVersion);
      await world.restart('webhooks', { rootDir });
    },
    cure: (world) => world.restart('webhooks'),
  },
];

function pausing({ cluster }: AlertsWorld, name: string): { signal(signal: NodeJS.Signals): void } {
  return { signal: (signal) => cluster.process(name).kill(signal) };
}

/** A module that moves the time of day of its process. */
function clockAhead(seconds: number): string {
  const code = `const now = Date.now; Date.now = () => now() + ${seconds * 1000};`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** A checkout with a copy of one service, which says that it has another version. */
async function copyWithVersion(
  { folder, rootDir }: AlertsWorld,
  app: string,
  version: string,
): Promise<string> {
  const root = join(folder, `checkout-${version}`);
  await cp(join(rootDir, 'apps', app, 'dist'), join(root, 'apps', app, 'dist'), { recursive: true });
  // A bundle reads its version there, the compiled files from the package itself.
  const description = join('libs', 'nest-service', 'package.json');
  const { type } = JSON.parse(await readFile(join(rootDir, description), 'utf8')) as { type: string };
  await mkdir(dirname(join(root, description)), { recursive: true });
  for (const file of [description, join('apps', app, 'package.json')]) {
    await writeFile(join(root, file), JSON.stringify({ type, version }));
  }
  await symlink(join(rootDir, 'node_modules'), join(root, 'node_modules'));
  return root;
}
