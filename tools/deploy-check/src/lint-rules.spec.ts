import { expect, test } from '@jest/globals';
import { lintTexts } from './lint-text.js';

/**
 * Existing files with a different text: typed rules need the compiler, which knows only files of a project.
 */
const source = 'libs/placement/src/choose-node.ts';
const spec = 'libs/placement/src/choose-node.spec.ts';
const controller = 'apps/gateway/src/rest/rooms.controller.ts';
const send = `declare function send(): Promise<boolean>;\n`;

test('typed code is linted with type information, specs too', async () => {
  const found = await lintTexts([
    [source, `${send}send();\n`],
    [source, `${send}if (send()) {\n  process.exitCode = 1;\n}\n`],
    [source, `${send}await send();\nawait 1;\n`],
    [
      source,
      `export function nameOf(kind: 'audio' | 'video'): string {\n  switch (kind) {\n    case 'audio':\n      return 'a';\n  }\n  return '';\n}\n`,
    ],
    [source, `export const text: string = JSON.parse('{}');\n`],
    [spec, `${send}send();\n`],
  ]);
  expect(found.map((findings) => findings.map(({ ruleId }) => ruleId))).toEqual([
    ['@typescript-eslint/no-floating-promises'],
    ['@typescript-eslint/no-misused-promises'],
    ['@typescript-eslint/await-thenable'],
    ['@typescript-eslint/switch-exhaustiveness-check'],
    ['@typescript-eslint/no-unsafe-assignment'],
    ['@typescript-eslint/no-floating-promises'],
  ]);
});

test('arguments of REST handlers have a schema', async () => {
  const handlerWith = (argument: string) =>
    `import { Body, Param, Query } from '@nestjs/common';\nexport class Rooms {\n  get(${argument}): unknown {\n    return [Body, Param, Query, value];\n  }\n}\n`;
  const found = await lintTexts(
    [
      '@Param() value: unknown',
      "@Query('cursor') value: string",
      '@Body() value: unknown',
      '@Body({ schema: {} as never }) value: unknown',
    ].map((argument) => [controller, handlerWith(argument)] as const),
    { types: false },
  );
  expect(found.map((findings) => findings.map(({ message }) => message))).toEqual([
    ['Give the argument a schema: @Param({ schema }).'],
    ['Give the argument a schema: @Query({ schema }).'],
    ['Give the argument a schema: @Body({ schema }).'],
    [],
  ]);
});
