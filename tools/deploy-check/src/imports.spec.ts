import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rootDir } from './repository.js';

const run = promisify(execFile);
const program = join(rootDir, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const config = join(rootDir, '.dependency-cruiser.mjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyroom-imports-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The violated rules: the name of each, and the import. */
async function violations(files: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const args = [program, '--config', config, '--output-type', 'json', 'apps', 'libs'];
  await Promise.all(['apps', 'libs'].map((name) => mkdir(join(folder, name), { recursive: true })));
  const { stdout } = await run(process.execPath, args, { cwd: folder }).catch(
    (failure: { stdout: string }) => failure,
  );
  const report = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return report.summary.violations.map(({ from, rule, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

test('refuses a cycle, type imports included', async () => {
  expect(
    await violations({
      'libs/bus/src/bus.ts': `import { Listener } from './listener.js';\nexport interface Handle { listener: Listener }\nexport const listener = new Listener();\n`,
      'libs/bus/src/listener.ts': `import { type Handle } from './bus.js';\nexport class Listener { handle?: Handle }\n`,
    }),
  ).toEqual(['no-cycles: libs/bus/src/bus.ts -> libs/bus/src/listener.ts']);
});

test('refuses an app that imports another', async () => {
  expect(
    await violations({
      'apps/gateway/src/main.ts': `export * from '../../room/src/rooms.js';\nexport * from './own.js';\n`,
      'apps/gateway/src/own.ts': `export const own = 1;\n`,
      'apps/room/src/rooms.ts': `export const rooms = 1;\n`,
    }),
  ).toEqual(['apps-import-no-apps: apps/gateway/src/main.ts -> apps/room/src/rooms.ts']);
});

test('lets the process of all services import services, and nothing else of apps', async () => {
  const value = `export const value = 1;\n`;
  expect(
    await violations({
      'apps/all-in-one/src/main.ts': `export * from '../../room/src/service.js';\nexport * from '../../auth/src/config.js';\nexport * from './config.js';\n`,
      'apps/all-in-one/src/config.ts': value,
      'apps/auth/src/config.ts': value,
      'apps/room/src/service.ts': value,
    }),
  ).toEqual(['all-in-one-imports-services: apps/all-in-one/src/main.ts -> apps/auth/src/config.ts']);
});

test('refuses a layer of the session that imports a higher one or its neighbour', async () => {
  const value = `export const value = 1;\n`;
  expect(
    await violations({
      'libs/session/src/methods/login.ts': `export * from '../rooms/room.js';\n`,
      'libs/session/src/rooms/room.ts': `export * from '../media/node.js';\nexport * from '../connection/socket.js';\n`,
      'libs/session/src/media/node.ts': `import '../messages/send.js';\n${value}`,
      'libs/session/src/messages/send.ts': `import { type Login } from '../session/session.js';\nexport type Sent = Login;\n`,
      'libs/session/src/session/session.ts': `export interface Login { room: string }\n`,
      'libs/session/src/connection/socket.ts': value,
    }),
  ).toEqual([
    'session-layer-media: libs/session/src/media/node.ts -> libs/session/src/messages/send.ts',
    'session-layer-messages: libs/session/src/messages/send.ts -> libs/session/src/session/session.ts',
  ]);
});
