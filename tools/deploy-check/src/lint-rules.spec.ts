import { expect, test } from '@jest/globals';
import { lintTexts, lintTypes } from './lint-text.js';

const controller = 'libs/rest/src/rooms/rooms.controller.ts';
const send = `declare function send(): Promise<boolean>;\n`;

test('typed code is linted with type information, specs too', async () => {
  const found = await lintTypes({
    'libs/a/src/floating.ts': `${send}send();\n`,
    'libs/a/src/condition.ts': `${send}if (send()) {\n  globalThis.name = 'x';\n}\n`,
    'libs/a/src/awaited.ts': `${send}await send();\nawait 1;\nexport {};\n`,
    'libs/a/src/kinds.ts': `export function nameOf(kind: 'audio' | 'video'): string {\n  switch (kind) {\n    case 'audio':\n      return 'a';\n  }\n  return '';\n}\n`,
    'libs/a/src/unsafe.ts': `export const text: string = JSON.parse('{}');\n`,
    'libs/a/src/send.spec.ts': `${send}send();\nexport const text: string = JSON.parse('{}');\n`,
  });
  expect(found).toEqual({
    'libs/a/src/floating.ts': ['typescript(no-floating-promises)'],
    'libs/a/src/condition.ts': ['typescript(no-misused-promises)'],
    'libs/a/src/awaited.ts': ['typescript(await-thenable)'],
    'libs/a/src/kinds.ts': ['typescript(switch-exhaustiveness-check)'],
    'libs/a/src/unsafe.ts': ['typescript(no-unsafe-assignment)'],
    'libs/a/src/send.spec.ts': ['typescript(no-floating-promises)'],
  });
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
  );
  expect(found.map((findings) => findings.map(({ message }) => message))).toEqual([
    ['Give the argument a schema: @Param({ schema }).'],
    ['Give the argument a schema: @Query({ schema }).'],
    ['Give the argument a schema: @Body({ schema }).'],
    [],
  ]);
});
