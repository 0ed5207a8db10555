import { describe, expect, test } from '@jest/globals';
import { checkHistory } from './checker.js';
import { type CheckedUser, type Operation, type RedisFault } from './history.js';
import { type Rule } from './violations.js';

const timing = { graceMs: 1000, leaseMs: 3000 };
const user: CheckedUser = {
  appId: 1,
  appSign: '',
  userId: 'u',
  mode: 'multi',
  policy: 'share',
  limit: 2,
};

type Reported = [
  kind: Operation['kind'],
  device: number,
  roomId: string,
  invokedMs: number,
  respondedMs: number,
  code?: number,
  details?: Partial<Operation>,
];

function rulesBroken(
  reported: Reported[],
  options: { user?: Partial<CheckedUser>; redisFaults?: RedisFault[] } = {},
): Rule[] {
  const operations = reported.map(
    ([kind, device, roomId, invokedMs, respondedMs, code = 0, details], index): Operation => ({
      kind,
      device,
      roomId,
      requestId: String(index),
      invokedMs,
      respondedMs,
      outcome: code === 0 ? 'ok' : code === -1 ? 'unknown' : 'refused',
      code,
      epoch: undefined,
      sessionId: undefined,
      roomIds: undefined,
      ...details,
    }),
  );
  const violations = checkHistory({
    user: { ...user, ...options.user },
    operations,
    redisFaults: options.redisFaults ?? [],
    timing,
  });
  return violations.map(({ rule }) => rule);
}

describe('the limit', () => {
  const three: Reported[] = [
    ['login', 1, 'a', 0, 10],
    ['login', 2, 'b', 20, 30],
    ['login', 1, 'c', 40, 50],
  ];

  test('one room more than allowed is found, over all devices', () => {
    expect(rulesBroken(three)).toEqual(['limit']);
    expect(rulesBroken(three, { user: { limit: 3 } })).toEqual([]);
  });

  test.each<[string, Reported]>([
    ['a logout', ['logout', 1, 'a', 12, 18]],
    ['a logout that overlaps with the login', ['logout', 1, 'a', 5, 8]],
    ['a logout without an answer', ['logout', 1, 'a', 12, Infinity, -1]],
    ['the end of the device', ['end', 1, '', 12, 18]],
  ])('%s in time makes room', (_name, before) => {
    expect(rulesBroken([...three, before])).toEqual([]);
  });

  test.each<[string, Reported]>([
    ['a refused logout', ['logout', 1, 'a', 5, 12, 1002002]],
    ['another device', ['logout', 2, 'a', 12, 18, 1002002]],
    ['a cut, before the grace has ended', ['cut', 1, '', 60, 61]],
  ])('%s does not', (_name, other) => {
    expect(rulesBroken([...three, other])).toContain('limit');
  });

  test('a cut makes room after the grace', () => {
    const cut: Reported[] = [
      ['login', 1, 'a', 0, 10],
      ['cut', 1, '', 12, 13],
    ];
    expect(rulesBroken([...cut, ['login', 2, 'b', 20, 30], ['login', 2, 'c', 2000, 2010]])).toEqual([]);
    expect(rulesBroken([...cut, ['login', 2, 'b', 20, 30], ['login', 2, 'c', 900, 910]])).toEqual(['limit']);
  });

  test('where a newer device evicts the older, only one counts', () => {
    expect(rulesBroken(three, { user: { policy: 'kickOld' } })).toEqual([]);
    const alone: Reported[] = three.map(([kind, , ...rest]) => [kind, 1, ...rest]);
    expect(rulesBroken(alone, { user: { policy: 'kickOld' } })).toEqual(['limit']);
  });

  test('a write that Redis may have lost does not count', () => {
    const fault = { fromMs: 55, toMs: 60, lossy: true };
    expect(rulesBroken(three, { redisFaults: [fault] })).toEqual([]);
    expect(rulesBroken(three, { redisFaults: [{ ...fault, lossy: false }] })).toEqual(['limit']);
  });
});

describe('refusals', () => {
  test('over the limit with free places is a leak', () => {
    expect(
      rulesBroken([
        ['login', 1, 'a', 0, 10],
        ['login', 1, 'b', 20, 30, 1002037],
      ]),
    ).toEqual(['free']);
  });

  test('over the limit is right while places may be taken', () => {
    expect(
      rulesBroken([
        ['login', 1, 'a', 0, 10],
        ['login', 2, 'c', 15, Infinity, -1],
        ['login', 1, 'b', 20, 30, 1002037],
      ]),
    ).toEqual([]);
  });

  test('after a logout the place must be free', () => {
    const reported: Reported[] = [
      ['login', 1, 'a', 0, 10],
      ['login', 1, 'b', 12, 14],
      ['logout', 1, 'a', 15, 20],
    ];
    expect(rulesBroken([...reported, ['login', 1, 'c', 25, 30, 1002037]])).toEqual(['free']);
    expect(rulesBroken([...reported, ['login', 1, 'c', 18, 30, 1002037]])).toEqual([]);
  });

  test('an end that Redis may have lost frees its place after the cleanup', () => {
    const fault = { fromMs: 1000, toMs: 1300, lossy: true };
    const last: Reported = ['login', 1, 'c', 6000, 6010, 1002037];
    for (const end of [
      ['logout', 1, 'a', 15, 20],
      ['end', 1, '', 15, 20],
    ] satisfies Reported[]) {
      const reported: Reported[] = [['login', 1, 'a', 0, 10], ['login', 2, 'b', 12, 14], end];
      expect(rulesBroken([...reported, last], { redisFaults: [fault] })).toEqual([]);
      const harmless = { ...fault, lossy: false };
      expect(rulesBroken([...reported, last], { redisFaults: [harmless] })).toEqual(['free']);
      const late: Reported = ['login', 1, 'c', 60_000, 60_010, 1002037];
      expect(rulesBroken([...reported, late], { redisFaults: [fault] })).toEqual(['free']);
    }
  });

  test('an empty room is never occupied', () => {
    expect(rulesBroken([['login', 1, 'a', 0, 10, 1002064]])).toEqual(['free']);
  });

  test('a place that was held must not be lost', () => {
    const login: Reported = ['login', 1, 'a', 0, 10];
    expect(rulesBroken([login, ['logout', 1, 'a', 20, 30, 1002002]])).toEqual(['kept']);
    expect(rulesBroken([login, ['logout', 1, 'a', 20, 30, 1002002], ['logout', 1, 'a', 22, 31]])).toEqual([]);
  });

  test('no session is evicted where devices share', () => {
    expect(rulesBroken([['login', 1, 'a', 0, 10, 1002050]])).toEqual(['kept']);
  });
});

describe('a resume', () => {
  const reported = (code: number, roomIds?: string[]): Reported[] => [
    ['login', 1, 'a', 0, 10],
    ['login', 1, 'b', 12, 14],
    ['logout', 1, 'b', 16, 18],
    ['resume', 1, '', 20, 30, code, { roomIds }],
  ];

  test('has every room that was held', () => {
    expect(rulesBroken(reported(0, ['a']))).toEqual([]);
    expect(rulesBroken(reported(0, []))).toEqual(['kept']);
    expect(rulesBroken(reported(1002050))).toEqual(['kept']);
    expect(rulesBroken(reported(1002050), { user: { policy: 'kickOld' } })).toEqual(['kept']);
    expect(
      rulesBroken([...reported(1002050), ['login', 2, 'c', 19, 25]], { user: { policy: 'kickOld' } }),
    ).toEqual([]);
  });

  test('does not bring back a room that was left', () => {
    expect(rulesBroken(reported(0, ['a', 'b']))).toEqual(['fencing']);
  });
});

describe('the same login again', () => {
  const epoch = (value: number, requestId: string): Partial<Operation> => ({ epoch: value, requestId });

  test('keeps its epoch', () => {
    const first: Reported = ['login', 1, 'a', 0, 10, 0, epoch(5, 'r')];
    expect(rulesBroken([first, ['login', 1, 'a', 20, 30, 0, epoch(5, 'r')]])).toEqual([]);
    expect(rulesBroken([first, ['login', 1, 'a', 20, 30, 0, epoch(6, 'r')]])).toEqual(['idempotence']);
  });

  test('is refused under another request', () => {
    expect(
      rulesBroken([
        ['login', 1, 'a', 0, 10],
        ['login', 1, 'a', 20, 30],
      ]),
    ).toEqual(['idempotence']);
  });

  test('two devices cannot hold one room', () => {
    expect(
      rulesBroken([
        ['login', 1, 'a', 0, 10],
        ['login', 2, 'a', 20, 30],
      ]),
    ).toEqual(['idempotence']);
  });
});

describe('epochs', () => {
  const login = (fromMs: number, value: number): Reported => [
    'login',
    1,
    'a',
    fromMs,
    fromMs + 5,
    0,
    { epoch: value },
  ];
  const logout = (fromMs: number, value: number): Reported => [
    'logout',
    1,
    'a',
    fromMs,
    fromMs + 5,
    0,
    { epoch: value },
  ];

  test('grow', () => {
    expect(rulesBroken([login(0, 5), logout(10, 5), login(20, 6)])).toEqual([]);
    expect(rulesBroken([login(0, 5), logout(10, 5), login(20, 4)])).toEqual(['fencing']);
  });

  test('a late logout of an older login does nothing', () => {
    expect(rulesBroken([login(0, 5), logout(10, 5), login(20, 6), logout(30, 5)])).toEqual([
      'fencing',
      'freedOnce',
    ]);
  });

  test('a session that was evicted does not come back', () => {
    const reported = (sessionId: string, device: number, fromMs: number): Reported => [
      'login',
      device,
      `room-${fromMs}`,
      fromMs,
      fromMs + 5,
      0,
      { sessionId },
    ];
    const kickOld = { user: { policy: 'kickOld' as const, limit: 9 } };
    expect(rulesBroken([reported('A', 1, 0), reported('B', 2, 10), reported('A', 1, 20)], kickOld)).toEqual([
      'fencing',
    ]);
    expect(rulesBroken([reported('A', 1, 0), reported('B', 2, 10), reported('B', 2, 20)], kickOld)).toEqual(
      [],
    );
  });
});
