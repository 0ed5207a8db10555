import { expect, test } from '@jest/globals';
import { tableOf } from './schema-table.js';

test('lists the fields of nested objects by their path, with limits, lists and links', () => {
  const table = tableOf(
    {
      type: 'object',
      required: ['roomId'],
      properties: {
        roomId: { type: 'string', maxLength: 127 },
        count: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
        members: {
          type: 'array',
          maxItems: 5,
          items: { type: 'object', properties: { kind: { enum: ['audio', 'video'] } } },
        },
        room: { $ref: '#/components/schemas/Room' },
        at: { type: 'string', format: 'date-time', pattern: '^x$' },
        id: { type: ['integer', 'null'], description: 'null|none' },
      },
    },
    'required',
  );
  expect(table.split('\n')).toEqual([
    '| field | required | value |',
    '| --- | --- | --- |',
    '| `roomId` | yes | string, at most 127 characters |',
    '| `count` | no | integer |',
    '| `members` | no | list of object, at most 5 entries |',
    '| `members[].kind` | no | `audio`, `video` |',
    '| `room` | no | [Room](schemas.md#room) |',
    '| `at` | no | string, date-time |',
    '| `id` | no | integer or null. null\\|none |',
  ]);
});

test('a field of several variants is listed once, and is required if it is so in all of them', () => {
  const variant = (type: string, required: string[]) => ({
    type: 'object',
    properties: { a: { type }, b: { type: 'string' } },
    required,
  });
  const table = tableOf({ anyOf: [variant('string', ['a', 'b']), variant('number', ['a'])] }, 'always');
  expect(table).toContain('| `a` | yes | string or number |\n| `b` | no | string |');
});

test('describes a value without fields', () => {
  expect(tableOf({ enum: ['a', 'b'] }, 'always')).toBe('`a`, `b`.');
  expect(tableOf({ type: 'object', properties: {} }, 'always')).toBe('No fields.');
});
