import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Grants } from '@polyroom/contracts';
import { readSamples, testUnless } from '@polyroom/testing';
import { secretIdOf, verifyToken } from '@polyroom/tokens';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { findLanguages } from '../test/languages.js';
import { type InstalledPackage, installPackage, packageDir, rootDir } from '../test/installed-package.js';

const secret = '0123456789abcdef0123456789abcdef';
/** What the samples read from the environment. */
const sampleEnv = {
  APP_ID: '1234567',
  SERVER_SECRET: '0123456789abcdef0123456789abcdef',
  WEBHOOK_SECRET: 'fedcba9876543210fedcba9876543210',
};
let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage(process.env);
});
afterAll(() => installed.remove());

describe('the package, installed from its tarball into an empty folder', () => {
  it('makes a token that the servers accept', async () => {
    const program = `
      import { createToken } from '@polyroom/server-sdk';
      const options = { appId: 7, userId: 'ann', secret: process.env.SECRET, effectiveTimeSeconds: 60 };
      console.log(await createToken({ ...options, rooms: 'any' }));`;
    await writeFile(join(installed.dir, 'make.js'), program);
    const token = await installed.run(process.execPath, ['make.js'], { SECRET: secret });
    const secrets = [{ value: secret, secretId: secretIdOf(secret) }];
    const subject = { appId: 7, userId: 'ann', nowMs: Date.now(), maxLifetimeSeconds: 60 };
    await verifyToken(token.trim(), secrets, subject);
  });

  it('has types that stand on their own', async () => {
    const program = `
      import { createToken, createToken04, type RoomRight, verifyWebhook } from '@polyroom/server-sdk';
      const right: RoomRight = 'login';
      const base = { appId: 7, userId: 'ann', secret: '', effectiveTimeSeconds: 60 };
      export const token: Promise<string> = createToken({ ...base, rooms: [{ roomId: 'r', rights: [right] }] });
      export const token04: string = createToken04({ ...base, room: 'any' });
      verifyWebhook({ header: undefined, body: new Uint8Array(), secret: '' });
      // @ts-expect-error --- The rooms are missing.
      await createToken(base);
      // @ts-expect-error --- There is no such right.
      await createToken({ ...base, rooms: [{ roomId: 'r', rights: ['rule'] }] });`;
    await writeFile(join(installed.dir, 'types.ts'), program);
    await installed.checkTypes(['types.ts']);
  });

  it('imports what its dependencies name, and no workspace', async () => {
    const home = join(installed.dir, 'node_modules/@polyroom/server-sdk');
    const files = (await readdir(join(home, 'dist'))).filter((name) => /\.(js|d\.ts)$/.test(name));
    expect(files).toContain('index.d.ts');
    const texts = await Promise.all(files.map((name) => readFile(join(home, 'dist', name), 'utf8')));
    const imported = texts
      .flatMap((text) => [...text.matchAll(/(?:from|import|import\()\s*["']([^."'][^"']*)["']/g)])
      .map((match) => match[1]!)
      .filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect([...new Set(imported)].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it('has its licence and a README', async () => {
    const home = join(installed.dir, 'node_modules/@polyroom/server-sdk');
    expect(await readFile(join(home, 'LICENSE'), 'utf8')).toBe(
      await readFile(join(rootDir, 'LICENSE'), 'utf8'),
    );
    expect(await readFile(join(home, 'README.md'), 'utf8')).toBe(
      await readFile(join(packageDir, 'README.md'), 'utf8'),
    );
  });
});

/** The grants of a token that a sample printed, as the servers read them. */
function grantsOf(token: string): Promise<Grants> {
  const value = sampleEnv.SERVER_SECRET;
  const subject = {
    appId: Number(sampleEnv.APP_ID),
    userId: 'ada',
    nowMs: Date.now(),
    maxLifetimeSeconds: 3600,
  };
  return verifyToken(token, [{ value, secretId: secretIdOf(value) }], subject);
}

/** The samples of a language but that of the REST API, which needs a gateway: a spec on a cluster runs it. */
async function readOfflineSamples(language: string): Promise<string[]> {
  return (await readSamples('server-sdk.md', language)).filter((sample) => !sample.includes('GATEWAY'));
}

/** What the samples of each language print: two tokens, a user and the status of a request. */
async function expectOutputs(outputs: string[]): Promise<void> {
  const [token, token04, user, status, ...rest] = outputs.map((output) => output.trim());
  expect((await grantsOf(token!)).rooms?.map(({ roomId }) => roomId)).toEqual(['stage', 'audience']);
  expect(await grantsOf(token04!)).toMatchObject({ rooms: [{ roomId: 'stage' }], streams: ['ada-camera'] });
  expect([user, status]).toEqual(['the request is from ada', '204']);
  expect(rest).toEqual([]);
}

describe('the samples of docs/server-sdk.md', () => {
  it('compile and run in Node.js', async () => {
    const samples = await readSamples('server-sdk.md', 'ts');
    const files = samples.map((_, index) => `sample${index}.ts`);
    await Promise.all(files.map((file, index) => writeFile(join(installed.dir, file), samples[index]!)));
    await installed.checkTypes(files);
    const outputs: string[] = [];
    for (const file of files.filter((_, index) => !samples[index]!.includes('GATEWAY'))) {
      outputs.push(await installed.run(process.execPath, [file], sampleEnv));
    }
    await expectOutputs(outputs);
  });

  const python = findLanguages(process.env).find(({ name }) => name === 'Python')!;
  const missing = python.missing ?? python.withoutToken04;
  testUnless(it, missing)('run in Python', async () => {
    const outputs: string[] = [];
    for (const sample of await readOfflineSamples('python')) {
      const env = { ...sampleEnv, ...python.unitTests!.env };
      outputs.push(await installed.run('python3', ['-W', 'error', '-c', sample], env));
    }
    await expectOutputs(outputs);
  });

  const go = findLanguages(process.env).find(({ name }) => name === 'Go')!;
  testUnless(it, go.missing)('compile and run in Go', async () => {
    const { cwd, env: goEnv } = go.unitTests!;
    const module = 'polyroom.example/server-sdk-go';
    const requirement = `require ${module} v0.0.0\nreplace ${module} => ${cwd}\n`;
    await writeFile(join(installed.dir, 'go.mod'), `module samples\n\ngo 1.21\n\n${requirement}`);
    const outputs: string[] = [];
    for (const [index, sample] of (await readOfflineSamples('go')).entries()) {
      await mkdir(join(installed.dir, `sample${index}`));
      await writeFile(join(installed.dir, `sample${index}/main.go`), sample);
      outputs.push(await installed.run('go', ['run', `./sample${index}`], { ...sampleEnv, ...goEnv }));
    }
    await expectOutputs(outputs);
  });
});
