import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiFile, rootDir } from '../pages.js';
import { type OpenApi, serverOperations } from '../server-operations.js';
import { clientGenerators, digestFile } from './client-generators.js';
import { digestOf, renderClientDocument } from './render-client-document.js';

let document: OpenApi;
beforeAll(async () => {
  document = JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApi;
});

describe.each(clientGenerators)('the client in $language', ({ folder }) => {
  const dir = join(rootDir, folder);

  test('is of the present document (else: npm run generate:clients)', async () => {
    const recorded = await readFile(join(dir, digestFile), 'utf8');
    expect(recorded.trim()).toBe(digestOf(renderClientDocument(document)));
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
    return digestOf(renderClientDocument({ ...document, components: { ...document.components, schemas } }));
  };
  expect(alter({ type: 'string', maxLength: 7 })).toBe(alter({ type: 'string' }));
  expect(alter({ type: 'integer' })).not.toBe(alter({ type: 'string' }));
});

function toSnakeCase(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
