import { describe, expect, test } from '@jest/globals';
import { clientEvents, clientMethods, errorRegistry } from '@polyroom/contracts';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pages } from './pages.js';
import { renderAsyncApi } from './render-async-api.js';
import { renderErrors } from './render-errors.js';

describe('the generated pages', () => {
  test.each(pages.map((page) => [basename(page.file), page] as const))(
    '%s is what the code says now (else: npm run build, node tools/generate/dist/main.js)',
    async (_name, { file, render }) => {
      expect(await readFile(file, 'utf8')).toBe(render());
    },
  );
});

test('the page of errors has one row per error', () => {
  const page = renderErrors();
  for (const [name, { code }] of Object.entries(errorRegistry)) {
    expect(page.match(new RegExp(`^\\| ${code} \\| \`${name}\` `, 'gm'))).toHaveLength(1);
  }
});

test('the AsyncAPI document describes every method and event, and all that it refers to is there', () => {
  const document = JSON.parse(renderAsyncApi());
  const names = Object.keys(document.components.messages);
  for (const method of Object.keys(clientMethods)) {
    expect(names).toEqual(expect.arrayContaining([`request.${method}`, `result.${method}`]));
  }
  expect(names).toEqual(expect.arrayContaining(Object.keys(clientEvents).map((event) => `event.${event}`)));
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    (match) => match[1]!,
  );
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) {
    const found = reference.split('/').reduce((at, part) => at?.[part], document);
    expect({ reference, isThere: found !== undefined }).toEqual({ reference, isThere: true });
  }
});
