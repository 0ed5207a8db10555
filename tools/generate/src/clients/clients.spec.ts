import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApiFile, rootDir } from '../pages.js';
import { type OpenApi, serverOperations } from '../server-operations.js';
import {
  type ClientGenerator,
  clientGenerators,
  digestFile,
  digestOf,
  writeClient,
} from './client-generators.js';
import { renderClientDocument } from './render-client-document.js';

let document: OpenApi;
let temporary: string;
beforeAll(async () => {
  document = JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApi;
  temporary = await mkdtemp(join(tmpdir(), 'polyroom-clients-'));
});
afterAll(() => rm(temporary, { recursive: true }));

describe.each(clientGenerators)('the client in $language', ({ folder }) => {
  const dir = join(rootDir, folder);

  test('is of the present document and generators (else: npm run generate:clients)', async () => {
    const recorded = await readFile(join(dir, digestFile), 'utf8');
    expect(recorded.trim()).toBe(await digestOf(rootDir, renderClientDocument(document)));
  });

  test('has every operation of the client for Node.js, in at most 1.5 MB', async () => {
    const names = (await readdir(dir, { recursive: true })).filter((name) => /\.(go|py)$/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
    const written = texts.join('\n');
    const methods = new Set(
      [...written.matchAll(/^func \(c \*ClientWithResponses\) (\w+?)(?:WithBody)?WithResponse\(/gm)].map(
        ([, name]) => name!.toLowerCase(),
      ),
    );
    const ids = serverOperations(document).map(({ operation }) => operation.operationId);
    expect(ids.length).toBeGreaterThan(70);
    const isThere = (id: string) =>
      names.some((name) => name.endsWith(`/${toSnakeCase(id)}.py`)) ||
      methods.has(id.replace('_', '').toLowerCase());
    expect(ids.filter((id) => !isThere(id))).toEqual([]);
    expect(written.length).toBeLessThan(1_500_000);
  });
});

test('a bound of a value changes no client, another type does', () => {
  const [name, room] = ['Room', document.components.schemas['Room']!];
  const alter = (roomId: object) => {
    const properties = { ...(room['properties'] as object), roomId };
    const schemas = { ...document.components.schemas, [name]: { ...room, properties } };
    return renderClientDocument({ ...document, components: { ...document.components, schemas } });
  };
  expect(alter({ type: 'string', maxLength: 7 })).toBe(alter({ type: 'string' }));
  expect(alter({ type: 'integer' })).not.toBe(alter({ type: 'string' }));
});

test('another setting, template or version of a generator changes the digest', async () => {
  const copy = join(temporary, 'tools/generate/clients');
  await cp(join(rootDir, 'tools/generate/clients'), copy, { recursive: true });
  const digests = [await digestOf(rootDir, '{}'), await digestOf(temporary, '{}')];
  expect(digests[0]).toBe(digests[1]);
  for (const file of [
    'oapi-codegen.yaml',
    'requirements.txt',
    'python-templates/literal_enum.py.jinja',
    'python-templates/model.py.jinja',
  ]) {
    await writeFile(join(copy, file), '# changed\n', { flag: 'a' });
    digests.push(await digestOf(temporary, '{}'));
  }
  expect(new Set(digests).size).toBe(5);
});

test('a generator that fails leaves the former client, and one that succeeds replaces it', async () => {
  const folder = join(temporary, 'client');
  await mkdir(folder);
  await writeFile(join(folder, 'former.py'), 'former');
  await writeFile(join(folder, digestFile), 'former');
  const generator = (failure?: Error): ClientGenerator => ({
    ...{ language: 'Python', folder: 'client', isWhole: true, missing: () => undefined },
    async generate(_rootDir, _documentFile, output) {
      await mkdir(output);
      await writeFile(join(output, 'present.py'), 'present');
      if (failure !== undefined) {
        throw failure;
      }
    },
  });
  const of = { digest: 'present', documentFile: 'openapi.json' };
  await expect(writeClient(generator(new Error('no network')), temporary, of)).rejects.toThrow('no network');
  expect((await readdir(folder)).sort()).toEqual(['former.py', digestFile]);
  expect(await readFile(join(folder, digestFile), 'utf8')).toBe('former');
  await writeClient(generator(), temporary, of);
  expect((await readdir(folder)).sort()).toEqual([digestFile, 'present.py']);
  // Of the client in Go, only a part is generated.
  await writeFile(join(folder, 'written.go'), 'by hand');
  await writeClient({ ...generator(), isWhole: false }, temporary, of);
  expect((await readdir(folder)).sort()).toEqual([digestFile, 'present.py', 'written.go']);
});

function toSnakeCase(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
