import { describe, expect, test } from '@jest/globals';
import { type Grants } from '@polyroom/contracts';
import { Membership } from './membership.js';
import { chooseToken, isSuperseded } from './newest-token.js';

const everywhere = (issuedAtMs: number): Grants => ({ issuedAtMs, expiresAtMs: Date.now() + 60_000 });
const inRooms = (issuedAtMs: number, ...roomIds: string[]): Grants => ({
  ...everywhere(issuedAtMs),
  rooms: roomIds.map((roomId) => ({ roomId, rights: ['login'] })),
});
const appSign: Grants = {};

function membershipWith(token: Grants, roomId = 'other'): Membership {
  const note = { grants: token, isUserStatusNotify: false };
  return new Membership({ roomId, epoch: 1, note, requestId: undefined, subscription: {} as never });
}

describe('the token of a room', () => {
  test.each([
    ['a newer one', everywhere(1000), everywhere(2000), true],
    ['one of the same second, presented later', everywhere(1000), everywhere(1000), true],
    ['an older one', everywhere(2000), everywhere(1000), false],
    ['a newer one that names the room', everywhere(1000), inRooms(2000, 'r'), true],
    ['a newer one that names other rooms', everywhere(1000), inRooms(2000, 'x'), false],
    ['an AppSign', everywhere(1000), appSign, false],
  ])('is superseded by %s: %p', (_what, present, shown, expected) => {
    expect(isSuperseded(present, shown, 'r')).toBe(expected);
  });

  test('does not replace an AppSign, which grants everything and does not expire', () => {
    expect(isSuperseded(appSign, everywhere(1000), 'r')).toBe(false);
  });
});

describe('a room that is entered', () => {
  test('gets the newest valid token of the session that names it, or else the presented one', () => {
    const shown = everywhere(2000);
    const newest = everywhere(4000);
    const choose = (...tokens: Grants[]) =>
      chooseToken(
        shown,
        tokens.map((token) => membershipWith(token)),
        'r',
      );
    expect(choose()).toBe(shown);
    expect(choose(everywhere(1000), appSign, inRooms(5000, 'x'))).toBe(shown);
    expect(choose(everywhere(3000), newest, everywhere(1000))).toBe(newest);
    expect(choose({ ...newest, expiresAtMs: Date.now() - 1 })).toBe(shown);
  });
});

test('a listen-only member gets no further rights from another token', () => {
  const rights = ['login' as const, 'publish' as const, 'subscribe' as const, 'message' as const];
  const note = { grants: everywhere(1000), isUserStatusNotify: true, listenOnly: true };
  const membership = new Membership({
    roomId: 'r',
    epoch: 1,
    note,
    requestId: undefined,
    subscription: {} as never,
  });
  membership.renew({ ...everywhere(2000), rooms: [{ roomId: 'r', rights }] });
  expect(membership.grants.rooms).toEqual([{ roomId: 'r', rights: ['login', 'subscribe', 'readMessages'] }]);
  expect(membership.noteWith(membership.token)).toEqual({ ...note, grants: membership.token });
});
