import { describe, expect, it } from '@jest/globals';
import { AppError, entitlementsSchema } from '@polyroom/contracts';
import { entitlementList, entitlementNames } from './entitlement-list.js';
import { defaultEntitlements, evaluateEntitlements } from './evaluate-entitlements.js';
import { parseEntitlementValue } from './parse-entitlement-value.js';

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
      devicePolicy: 'kickOld',
      maxRoomAttributes: 10,
      maxRooms: 10_000,
      maxUsers: 10_000,
      maxSessions: 20_000,
      maxInteropSessions: 100,
      maxRecordings: 100,
      maxBans: 10_000,
      loginsPerSecond: 1000,
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
