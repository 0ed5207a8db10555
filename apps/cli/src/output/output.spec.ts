import { expect, test } from '@jest/globals';
import { errorRegistry } from '@polyroom/contracts';
import { ArgumentError, RestConnectionError, RestError } from '@polyroom/server-sdk';
import { cures } from './cures.js';
import { describeFailure, toFailure } from './describe-error.js';
import { printable } from './printable.js';
import { fields, table } from './table.js';

const { PolyroomError } = await import('@polyroom/sdk');

test('each cure is of an error of the registry', () => {
  expect(Object.keys(cures).filter((name) => !Object.hasOwn(errorRegistry, name))).toEqual([]);
});

const restError = new RestError(403, 'rq_1', {
  ...{ code: 1190123, name: 'ADMIN_API_KEY_PERMISSION_MISSING', retryable: false },
  detail: 'The API key does not have the permission for this request.',
});

test.each<[string, unknown, RegExp, number]>([
  [
    'the API',
    restError,
    /^polyroom: 1190123 ADMIN_API_KEY_PERMISSION_MISSING: The API key .* this request\. Cure: use a key .*\.$/,
    1,
  ],
  [
    'another web server',
    new RestError(502, undefined, undefined),
    /^polyroom: HTTP status 502\. Cure: HTTP 502 is/,
    1,
  ],
  [
    'a network',
    new RestConnectionError(4, new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })),
    /^polyroom: the server does not answer: ECONNREFUSED\. Cure: /,
    1,
  ],
  [
    'an argument',
    new ArgumentError('secret', 'is missing', 1000017),
    /^polyroom: 1000017: secret: is missing\.$/,
    2,
  ],
  [
    'the SDK',
    PolyroomError.of('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN'),
    /^polyroom: 1002036 ROOM_LOGIN_MULTI_ROOM_NOT_OPEN: .* Cure: an operator runs polyroom entitlements set multiRoom true\.$/,
    1,
  ],
  ['a bug', new TypeError('x is undefined'), /^polyroom: x is undefined\.$/, 1],
])('describes an error of %s in one line', (_what, error, line, exitCode) => {
  const failure = toFailure(error);
  expect(describeFailure(failure)).toMatch(line);
  expect(failure.exitCode).toBe(exitCode);
});

test('aligns tables and fields, and escapes control characters', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['x\ny', 1],
        ['z', undefined],
      ],
    ),
  ).toBe('A         LONG\nx\\u000ay  1\nz         -');
  expect(table(['A'], [])).toBe('none');
  expect(fields({ a: 1, long: false })).toBe('a     1\nlong  false');
  expect(printable('a\u202eb')).toBe('a\\u202eb');
});
