import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { createLogger, readCaller, RefusalLog } from './index.js';

let lines: Record<string, unknown>[];

function createLog(level = 'debug'): RefusalLog {
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return new RefusalLog(createLogger('gateway', level, { write }));
}

const refuse = (log: RefusalLog, context = {}) =>
  log.refused(new AppError('ROOM_AUTHENTICATION_FAILED', { cause: new Error('no live secret') }), context);

beforeEach(() => {
  lines = [];
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('RefusalLog', () => {
  test('writes the caller and the reason at debug level, without a stack', () => {
    refuse(createLog(), { appId: 7, userId: 'ann', address: '203.0.113.9', method: 'room.login' });
    expect(lines).toEqual([
      {
        level: 20,
        time: expect.any(Number),
        service: 'gateway',
        msg: 'request refused',
        appId: 7,
        userId: 'ann',
        address: '203.0.113.9',
        method: 'room.login',
        code: 1002033,
        name: 'ROOM_AUTHENTICATION_FAILED',
        reason: 'no live secret',
      },
    ]);
  });

  test('writes nothing above debug', () => {
    const log = createLog('info');
    refuse(log);
    log.note('WS_ERR_INVALID_UTF8', {});
    expect(lines).toEqual([]);
  });

  test('writes five lines per second and reason, and counts the suppressed ones', () => {
    const log = createLog();
    for (let request = 0; request < 1000; request += 1) {
      refuse(log);
      log.note('WS_ERR_INVALID_UTF8', {});
    }
    expect(lines.map(({ name, reason }) => name ?? reason)).toEqual(
      Array(5).fill(['ROOM_AUTHENTICATION_FAILED', 'WS_ERR_INVALID_UTF8']).flat(),
    );
    jest.advanceTimersByTime(1000);
    refuse(log);
    refuse(log);
    expect(lines.slice(10).map(({ suppressed }) => suppressed)).toEqual([995, undefined]);
  });

  test('writes an error once, regardless of how many layers pass it on', () => {
    const [log, outer] = [createLog(), createLog()];
    const error = new AppError('ROOM_NO_TOKEN');
    log.refused(error, {});
    outer.refused(error, {});
    expect(lines).toHaveLength(1);
  });
});

describe('readCaller', () => {
  test.each([
    [
      { appId: 1, user: { userId: 'a' } },
      { appId: 1, userId: 'a' },
    ],
    [
      { session: { appId: 1, userId: 'a' }, clientAddress: '::1' },
      { appId: 1, userId: 'a', address: '::1' },
    ],
    [
      { appId: '12', userId: 'a' },
      { appId: 12, userId: 'a' },
    ],
    [
      { appId: 1, from: { userId: 'a' } },
      { appId: 1, userId: 'a' },
    ],
    [{ appId: 'x', userId: { toString: 5 } }, {}],
    [{ appId: 1.5, session: 7, user: null }, {}],
    [undefined, {}],
  ])('reads the caller from %j', (request, caller) => {
    expect(readCaller(request)).toEqual(caller);
  });

  test('truncates long values', () => {
    expect(readCaller({ userId: 'x'.repeat(90_000) }).userId).toHaveLength(129);
  });
});
