import { describe, expect, it } from '@jest/globals';
import { AppError, entitlementsSchema } from '@polyroom/contracts';
import { entitlementList, entitlementNames } from './entitlement-list.js';
import { defaultEntitlements, evaluateEntitlements, evaluateUsers } from './evaluate-entitlements.js';
import { findWarnings } from './find-warnings.js';
import { parseEntitlementValue, parseUserEntitlementName } from './parse-entitlement-value.js';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? error.errorName : String(error);
  }
  return 'no error';
}

describe('the list', () => {
  it('has exactly the names of the contract', () => {
    expect([...entitlementNames].sort()).toEqual(Object.keys(entitlementsSchema.shape).sort());
  });

  it('has the documented defaults', () => {
    expect(defaultEntitlements).toEqual({
      multiRoom: false,
      maxRoomsPerUser: 5,
      maxMembersPerRoom: 0,
      maxPlays: 12,
      maxDataStreams: 0,
      maxDataPlays: 12,
      maxDataMessageBytes: 4096,
      dataMessagesPerSecond: 100,
      shareStream: true,
      maxMessageBytes: 1024,
      maxTransparentBytes: 4096,
      broadcastsPerUserPerSecond: 2,
      broadcastsPerRoomPerSecond: 10,
      barragesPerRoomPerSecond: 20,
      commandsToOnePerRoomPerSecond: 200,
      commandsToManyPerRoomPerSecond: 10,
      transparentsPerRoomPerSecond: 20,
      updatesPerUserPerSecond: 5,
      attributeChangesPerRoomPerSecond: 10,
      serverMessagesPerSecond: 100,
      historySeconds: 300,
      historyMessages: 1000,
      maxStoredMessageBytes: 268_435_456,
      eventLogHours: 72,
      maxEventLogBytes: 268_435_456,
      devicePolicy: 'kickOld',
      maxRoomAttributes: 10,
      maxRooms: 10_000,
      maxUsers: 10_000,
      maxSessions: 20_000,
      maxInteropSessions: 100,
      maxRecordings: 100,
      maxBans: 10_000,
      loginsPerSecond: 1000,
      zegoServerApi: false,
      messageEvents: false,
    });
  });

  it('describes each one in one sentence', () => {
    for (const name of entitlementNames) {
      expect(entitlementList[name].description).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has bounds that the contract accepts', () => {
    for (const name of entitlementNames) {
      const spec = entitlementList[name];
      const extremes = spec.type === 'integer' ? [spec.min, spec.max] : [spec.default];
      for (const value of extremes) {
        expect(entitlementsSchema.safeParse({ ...defaultEntitlements, [name]: value }).success).toBe(true);
      }
    }
  });
});

describe('evaluateEntitlements', () => {
  it('applies rows over defaults', () => {
    expect(
      evaluateEntitlements([
        { name: 'multiRoom', value: true },
        { name: 'maxRoomsPerUser', value: 8 },
      ]),
    ).toEqual({ ...defaultEntitlements, multiRoom: true, maxRoomsPerUser: 8 });
  });

  it('ignores an unknown name', () => {
    expect(evaluateEntitlements([{ name: 'teleport', value: true }])).toEqual(defaultEntitlements);
  });

  it('refuses a row with a value that breaks the rules', () => {
    expect(codeOf(() => evaluateEntitlements([{ name: 'maxRoomsPerUser', value: 0 }]))).toBe(
      'ADMIN_ENTITLEMENT_VALUE_INVALID',
    );
  });
});

describe('the terms of a value', () => {
  const row = { name: 'maxRoomsPerUser', value: 8, fromMs: 1000, untilMs: 2000 };

  it.each([
    [999, 5],
    [1000, 8],
    [1999, 8],
    [2000, 5],
  ])('at %p give %p', (nowMs, value) => {
    expect(evaluateEntitlements([row], nowMs).maxRoomsPerUser).toBe(value);
  });

  it('may have one end only', () => {
    expect(evaluateEntitlements([{ ...row, untilMs: undefined }], 5000).maxRoomsPerUser).toBe(8);
    expect(evaluateEntitlements([{ ...row, fromMs: undefined }], 0).maxRoomsPerUser).toBe(8);
  });

  it('do not hide an invalid value while it is in force', () => {
    const invalid = { ...row, value: 0 };
    expect(codeOf(() => evaluateEntitlements([invalid], 1500))).toBe('ADMIN_ENTITLEMENT_VALUE_INVALID');
    expect(evaluateEntitlements([invalid], 2500).maxRoomsPerUser).toBe(5);
  });
});

describe('evaluateUsers', () => {
  it('returns the values of each user that are in force and can be set for users', () => {
    expect(
      evaluateUsers(
        [
          { userId: 'ann', name: 'maxPlays', value: 3 },
          { userId: 'bob', name: 'multiRoom', value: true, untilMs: 2000 },
          { userId: 'ann', name: 'maxRoomsPerUser', value: 9, fromMs: 1000 },
          { userId: 'eve', name: 'maxPlays', value: 4, untilMs: 1000 },
          { userId: 'eve', name: 'maxRooms', value: 4 },
          { userId: 'eve', name: 'teleport', value: 4 },
        ],
        1500,
      ),
    ).toEqual([
      { userId: 'ann', values: { maxPlays: 3, maxRoomsPerUser: 9 } },
      { userId: 'bob', values: { multiRoom: true } },
    ]);
  });

  it.each(['maxRooms', 'maxUsers', 'loginsPerSecond', 'maxMembersPerRoom', 'historySeconds'])(
    'refuses %s for a user',
    (name) => {
      expect(codeOf(() => parseUserEntitlementName(name))).toBe('ADMIN_ENTITLEMENT_VALUE_INVALID');
    },
  );
});

describe('findWarnings', () => {
  const warningsOf = (name: 'maxPlays' | 'maxRooms' | 'maxRoomsPerUser', values: object) =>
    findWarnings(name, { ...defaultEntitlements, ...values });

  it.each([
    ['maxRooms' as const, { maxRooms: 3 }, ['is below maxRoomsPerUser (5)', 'maxRoomsPerUser (5)']],
    ['maxRooms' as const, { maxRooms: 5 }, ['The rooms of one user are limited by maxRoomsPerUser']],
    ['maxRooms' as const, { maxRooms: 100, maxRoomsPerUser: 150 }, ['is below maxRoomsPerUser (150)']],
    ['maxRoomsPerUser' as const, { maxRooms: 100, maxRoomsPerUser: 150 }, ['is below maxRoomsPerUser (150)']],
    ['maxRoomsPerUser' as const, { maxRoomsPerUser: 1000 }, ['are limited by maxRooms']],
  ])('doubts %s of %p', (name, values, parts) => {
    const warnings = warningsOf(name, values);
    expect(warnings).toEqual(parts.map((part) => expect.stringContaining(part)));
  });

  it.each([
    ['maxRooms' as const, { maxRooms: 0 }],
    ['maxRooms' as const, { maxRooms: 1000 }],
    ['maxRoomsPerUser' as const, { maxRoomsPerUser: 20 }],
    ['maxPlays' as const, { maxRooms: 1 }],
  ])('has none for %s of %p', (name, values) => {
    expect(warningsOf(name, values)).toEqual([]);
  });
});

describe('parseEntitlementValue', () => {
  it.each([
    ['multiRoom', true],
    ['maxRoomsPerUser', 1],
    ['maxRoomsPerUser', 1000],
    ['maxPlays', 50],
    ['devicePolicy', 'share'],
  ])('accepts %s = %p', (name, value) => {
    expect(parseEntitlementValue(name, value)).toEqual({ name, value });
  });

  it.each([
    ['multiRoom', 'true'],
    ['multiRoom', 1],
    ['maxRoomsPerUser', 0],
    ['maxRoomsPerUser', 1001],
    ['maxRoomsPerUser', 2.5],
    ['maxRoomsPerUser', '5'],
    ['maxRoomsPerUser', Number.NaN],
    ['maxPlays', 51],
    ['devicePolicy', 'kickold'],
    ['devicePolicy', null],
  ])('refuses %s = %p', (name, value) => {
    expect(codeOf(() => parseEntitlementValue(name, value))).toBe('ADMIN_ENTITLEMENT_VALUE_INVALID');
  });

  it.each(['teleport', '', 'toString', '__proto__'])('refuses the unknown name %p', (name) => {
    expect(codeOf(() => parseEntitlementValue(name, true))).toBe('ADMIN_ENTITLEMENT_UNKNOWN');
  });
});
