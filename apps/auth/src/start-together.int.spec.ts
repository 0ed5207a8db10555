import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  compileCache,
  freePort,
  type RunningPostgres,
  type RunningServer,
  startNats,
  startPostgres,
  waitFor,
} from '@polyroom/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* The built service in separate processes, as a cluster starts it. */
const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const instances = 3;
/** More of them: `POLYROOM_START_ROUNDS=10 npm test -- start-together`. */
const rounds = Number(process.env['POLYROOM_START_ROUNDS'] ?? 2);
const infoLevel = 30;
const migrations = readdirSync(new URL('../../../libs/persistence/prisma/migrations/', import.meta.url))
  .filter((name) => /^\d+_/.test(name))
  .sort();
const secretsKey = randomBytes(32).toString('base64');

let nats: RunningServer;
let postgres: RunningPostgres;
let dir: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  [nats, postgres, dir] = await Promise.all([
    startNats(),
    startPostgres(),
    mkdtemp(join(tmpdir(), 'polyroom-auth-')),
  ]);
});
afterAll(async () => {
  running.forEach((child) => child.kill('SIGKILL'));
  await Promise.all([nats.close(), postgres.close(), rm(dir, { recursive: true, force: true })]);
});

it('becomes ready in three instances at once on an empty PostgreSQL, every time', async () => {
  for (let round = 1; round <= rounds; round += 1) {
    const databaseUrl = await postgres.createDatabase(`round${round}`);
    const started = await Promise.all(Array.from({ length: instances }, () => startInstance(databaseUrl)));
    await Promise.all(started.map((instance) => untilReady(instance)));
    const lines = (await Promise.all(started.map((instance) => stop(instance)))).flat();
    // On a busy machine one instance waits longer than a second for the migration lock of another, and logs
    // it.
    const unexpected = lines.filter(
      ({ level, msg }) => level > infoLevel && msg !== 'waiting for a dependency',
    );
    expect(unexpected).toEqual([]);
    expect(lines.flatMap(({ applied = [] }) => applied)).toEqual(migrations);
    // One of them has made the first owner.
    expect((await readdir(dir)).length).toBe(round);
  }
}, 300_000);

it('migrates by the command that init containers run, which waits for PostgreSQL', async () => {
  const databaseUrl = await postgres.createDatabase('command');
  await postgres.kill();
  const { child, output } = await startInstance(databaseUrl, ['migrate']);
  const closed = once(child, 'close');
  await waitFor(() => output.join('').includes('waiting for a dependency'), {
    timeoutMs: 30_000,
    describe: 'the command to wait',
  });
  await postgres.restart();
  expect(await closed).toEqual([0, null]);
  const lines = output.join('').trim().split('\n');
  const applied = lines.flatMap((line) => (JSON.parse(line) as LogLine).applied ?? []);
  expect(applied).toEqual(migrations);
});

interface Instance {
  child: ChildProcess;
  port: number;
  output: string[];
}

interface LogLine {
  level: number;
  msg?: string;
  applied?: string[];
}

async function startInstance(databaseUrl: string, args: string[] = []): Promise<Instance> {
  const port = await freePort();
  const child = spawn(process.execPath, [entry, ...args], {
    env: {
      ...compileCache(),
      DATABASE_URL: databaseUrl,
      POLYROOM_NATS_URL: nats.url,
      POLYROOM_HTTP_HOST: '127.0.0.1',
      POLYROOM_HTTP_PORT: String(port),
      POLYROOM_SECRETS_KEY: secretsKey,
      POLYROOM_ADMIN_TOKENS: 'alice:alice-has-a-long-token',
      POLYROOM_FIRST_OWNER_FILE: join(dir, `${port}.txt`),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  return { child, port, output };
}

async function untilReady({ child, port, output }: Instance): Promise<void> {
  const isReady = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ ok }) => ok);
  await waitFor(async () => child.exitCode !== null || (await isReady()), {
    timeoutMs: 60_000,
    describe: 'an instance to be ready',
    intervalMs: 100,
  });
  if (child.exitCode !== null) {
    throw new Error(`an instance ended with code ${child.exitCode}:\n${output.join('')}`);
  }
}

/** Stops the instance and returns its log lines. */
async function stop({ child, output }: Instance): Promise<LogLine[]> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
  return output
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}
