import { describe, expect, test } from '@jest/globals';
import {
  clientCloseCodes,
  clientEvents,
  clientFrameMaxBytes,
  clientLeaveCloseCode,
  clientMethods,
  errorRegistry,
  socketLimits,
} from '@polyroom/contracts';
import { entitlementNames } from '@polyroom/entitlements';
import { Validator } from '@seriousme/openapi-schema-validator';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pages } from './pages.js';
import { renderAsyncApi } from './render-async-api.js';
import { renderErrors } from './render-errors.js';
import { renderLimits } from './render-limits.js';

describe('the generated pages', () => {
  test.each(pages.map((page) => [basename(page.file), page] as const))(
    '%s is what the code says now (else: npm run build, node tools/generate/dist/main.js)',
    async (_name, { file, render }) => {
      expect(await readFile(file, 'utf8')).toBe(await render());
    },
  );
});

test('the page of errors has one row per error', () => {
  const page = renderErrors();
  for (const [name, { code }] of Object.entries(errorRegistry)) {
    expect(page.match(new RegExp(`^\\| ${code} \\| \`${name}\` `, 'gm'))).toHaveLength(1);
  }
});

test('the page of limits has one row per entitlement and the limits of a frame', () => {
  const page = renderLimits();
  for (const name of entitlementNames) {
    expect(page.match(new RegExp(`^\\| \`${name}\` `, 'gm'))).toHaveLength(1);
  }
  expect(page).toContain(`| Bytes of one frame | ${clientFrameMaxBytes / 1024} KiB |`);
  expect(page).toContain(`| Bytes of a frame, hard limit | ${socketLimits.hardFrameMaxBytes / 1024} KiB |`);
});

test('other pages leave the size of a frame, and what an AppID may do by default, to the page of limits', async () => {
  const folder = dirname(pages[0]!.file);
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.md') && file !== 'limits.md')) {
    const text = await readFile(join(folder, name), 'utf8');
    expect({
      name,
      stated: text.match(/\bframes? [^.|\n]*\b\d+ KiB|\d+ KiB[^.|\n]* frame\b/gi) ?? [],
    }).toEqual({
      name,
      stated: [],
    });
    expect({ name, table: text.includes('| `maxRoomsPerUser` |') }).toEqual({ name, table: false });
  }
});

test('the page of the protocol names every close code of the gateway and no other', async () => {
  const text = await readFile(join(dirname(pages[0]!.file), 'protocol.md'), 'utf8');
  const table = /## Close codes\n([^]*?)\n## /.exec(text)![1]!;
  const named = [...table.matchAll(/(?<![\d–])4\d{3}(?![\d–])/g)].map(([code]) => Number(code));
  const sent = [...Object.values(clientCloseCodes), clientLeaveCloseCode];
  expect(new Set(named)).toEqual(new Set(sent));
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

test('the OpenAPI document is valid', async () => {
  const file = pages.map((page) => page.file).find((each) => each.endsWith('openapi.json'))!;
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(await readFile(file, 'utf8')))).toEqual({ valid: true });
  expect(() => validator.resolveRefs()).not.toThrow();
});

test('the OpenAPI document describes each error reply, resource and common parameter once', async () => {
  const file = pages.map((page) => page.file).find((each) => each.endsWith('openapi.json'))!;
  const text = await readFile(file, 'utf8');
  const { components, paths } = JSON.parse(text) as {
    components: Record<string, Record<string, unknown>>;
    paths: Record<string, Record<string, { responses: Record<string, { $ref?: string; content?: object }> }>>;
  };
  const replies = Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ responses }) => Object.entries(responses));
  const failures = replies.filter(([status]) => /^[45]/.test(status));
  expect(failures.filter(([, { $ref }]) => $ref !== undefined).length).toBeGreaterThan(500);
  // A route in the form of another API describes its own errors.
  const isProblem = (reply: { content?: object }) => 'application/problem+json' in (reply.content ?? {});
  expect(failures.filter(([, reply]) => isProblem(reply))).toEqual([]);
  for (const section of ['parameters', 'responses', 'schemas'] as const) {
    const names = Object.keys(components[section]!);
    expect(names.length).toBeGreaterThan(10);
    // A schema that equals no part of a reply is a mistake in its name.
    expect(names.filter((name) => !text.includes(`"#/components/${section}/${name}"`))).toEqual([]);
  }
});
