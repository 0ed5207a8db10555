import { expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { adminToken, appId } from '../../test/fake-services.js';
import { useRest } from '../../test/use-rest.js';

/** What a repetition with the same Idempotency-Key gets after a failure, which is injected. */
const used = useRest();

async function post(path: string, body: object) {
  const response = await fetch(`http://127.0.0.1:${used.port}/v1/apps/${appId}/${path}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      'idempotency-key': 'key',
    },
    body: JSON.stringify(body),
  });
  const { code } = (await response.json()) as { code?: number };
  return [response.status, code, response.headers.get('idempotency-replayed')];
}

const ban = { userId: 'ada', forMs: 9 };

function fail(error: Error): void {
  used.services.onAct = () => {
    throw error;
  };
}

test.each([
  [new AppError('BUS_TIMEOUT'), 504, 1190202],
  [new AppError('DATABASE_UNAVAILABLE'), 503, 1190204],
  [new Error('broke off'), 500, 1002099],
])('after %s the outcome is unknown: the error is repeated, the act is not', async (error, status, code) => {
  fail(error);
  expect(await post('bans', ban)).toEqual([status, code, null]);
  used.services.onAct = () => {};
  expect(await post('bans', ban)).toEqual([status, code, 'true']);
  expect(used.services.countCalls('setBan')).toBe(1);
});

test.each([new AppError('APP_EXCEED_MAXIMUM_BAN_COUNT'), new AppError('MEDIA_NODE_UNAVAILABLE')])(
  'after the refusal %s the act may be repeated',
  async (error) => {
    fail(error);
    expect((await post('bans', ban))[1]).toBe(error.code);
    used.services.onAct = () => {};
    expect(await post('bans', ban)).toEqual([200, undefined, null]);
    expect(await post('bans', ban)).toEqual([200, undefined, 'true']);
    expect(used.services.countCalls('setBan')).toBe(2);
  },
);

test('an act whose answer is too large to be stored is not carried out again', async () => {
  const view = { banId: 'b', address: 'x'.repeat(40_000), privilege: 'login', untilMs: 1 } as const;
  used.services.banReply = { ban: view };
  expect(await post('bans', ban)).toEqual([200, undefined, null]);
  expect(await post('bans', ban)).toEqual([409, 1190113, 'true']);
  expect(used.services.countCalls('setBan')).toBe(1);
});

test('a message that may have been stored is sent again', async () => {
  const message = { kind: 'broadcast', content: 'not stored' };
  expect(await post('rooms/r1/messages', message)).toEqual([503, 1009010, null]);
  expect(await post('rooms/r1/messages', message)).toEqual([503, 1009010, null]);
  expect(used.services.countCalls('send')).toBe(2);
});
