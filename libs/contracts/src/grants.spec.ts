import { describe, expect, test } from '@jest/globals';
import {
  type Grants,
  grantsSchema,
  hasRight,
  hasStreamRight,
  isHidden,
  matchesPattern,
  namesRoom,
  narrowGrants,
} from './grants.js';

describe('a pattern', () => {
  test.each([
    ['class-*', 'class-1', true],
    ['class-*', 'class-', true],
    ['class-*', 'class', false],
    ['*-teacher', 'a-b-teacher', true],
    ['*-teacher', 'a-teacher-b', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['*', 'anything', true],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a.c', 'abc', false],
    ['**', '', true],
  ])('%s, for %s: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  test('takes no exponential time', () => {
    // Exponential time would be longer than the life of the machine.
    const startedAtMs = performance.now();
    expect(matchesPattern(`${'a*'.repeat(60)}b`, 'a'.repeat(127))).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });
});

describe('grants', () => {
  const grants: Grants = {
    rooms: [
      { roomId: 'stage', rights: ['login', 'publish', 'share'], streams: ['ann-*'] },
      { roomPattern: 'class-*', rights: ['login', 'data'] },
      { roomId: 'class-1', rights: ['message'] },
    ],
    streams: ['ann-*', 'board'],
  };

  test('hold for the rooms that they name or match; several entries add up', () => {
    expect(namesRoom(grants, 'class-7')).toBe(true);
    expect(namesRoom(grants, 'class')).toBe(false);
    expect(hasRight(grants, 'class-7', 'login')).toBe(true);
    expect(hasRight(grants, 'class-7', 'sendMessages')).toBe(false);
    for (const right of ['login', 'data', 'sendMessages', 'readMessages', 'attributes'] as const) {
      expect(hasRight(grants, 'class-1', right)).toBe(true);
    }
    expect(hasRight(grants, 'class-1', 'media')).toBe(false);
    expect(hasRight({}, 'any', 'attributes')).toBe(true);
  });

  test('hide a member only if an entry says so', () => {
    expect(isHidden({}, 'r')).toBe(false);
    const hidden: Grants = { rooms: [{ roomPattern: 'r*', rights: ['login', 'hidden'] }] };
    expect([isHidden(hidden, 'r1'), isHidden(hidden, 'x')]).toEqual([true, false]);
    expect(isHidden({ rooms: [{ roomId: 'r', rights: ['message', 'publish'] }] }, 'r')).toBe(false);
  });

  test('publish is media and data, and no right is part of a finer one', () => {
    expect(hasRight(grants, 'stage', 'media')).toBe(true);
    expect(hasRight(grants, 'stage', 'data')).toBe(true);
    expect(hasRight(grants, 'class-7', 'publish')).toBe(false);
  });

  test('allow a stream if the room and the token do', () => {
    expect(hasStreamRight(grants, 'stage', 'media', 'ann-camera')).toBe(true);
    expect(hasStreamRight(grants, 'stage', 'media', 'board')).toBe(false);
    expect(hasStreamRight(grants, 'class-7', 'data', 'board')).toBe(true);
    expect(hasStreamRight(grants, 'class-7', 'media', 'board')).toBe(false);
    expect(hasStreamRight(grants, 'class-7', 'data', 'bob-camera')).toBe(false);
    // The streams of one entry and the right of another do not add up.
    const apart: Grants = {
      rooms: [
        { roomId: 'r', rights: ['login'], streams: ['s'] },
        { roomId: 'r', rights: ['media'], streams: ['t'] },
      ],
    };
    expect(hasStreamRight(apart, 'r', 'media', 's')).toBe(false);
  });

  test('name each room by its ID or by a pattern, not by both or neither', () => {
    const isValid = (room: object): boolean => grantsSchema.safeParse({ rooms: [room] }).success;
    expect(isValid({ roomId: 'r', rights: [] })).toBe(true);
    expect(isValid({ roomPattern: 'r-*', rights: [] })).toBe(true);
    expect(isValid({ roomId: 'r', roomPattern: 'r-*', rights: [] })).toBe(false);
    expect(isValid({ rights: [] })).toBe(false);
    expect(isValid({ roomPattern: '$*', rights: [] })).toBe(false);
    expect(isValid({ roomPattern: '', rights: [] })).toBe(false);
    expect(isValid({ roomId: 'r', rights: [], streams: ['a b'] })).toBe(false);
  });
});

describe('grants that an application narrows', () => {
  test('hold what both the token and the application grant, and never more', () => {
    const all: Grants = { issuedAtMs: 1 };
    const allowed = narrowGrants(all, 'r', {});
    expect(hasStreamRight(allowed, 'r', 'share', 'any')).toBe(true);
    expect(isHidden(allowed, 'r')).toBe(false);
    expect(namesRoom(allowed, 'other')).toBe(false);
    const listening = narrowGrants(all, 'r', { rights: ['login', 'subscribe'] });
    expect(listening.issuedAtMs).toBe(1);
    expect(hasRight(listening, 'r', 'subscribe')).toBe(true);
    expect(hasRight(listening, 'r', 'media')).toBe(false);
    expect(hasRight(listening, 'other', 'login')).toBe(false);

    const token: Grants = {
      streams: ['ann-*'],
      rooms: [
        { roomPattern: 'r*', rights: ['login', 'publish'], streams: ['*-camera'] },
        { roomId: 'r', rights: ['readMessages', 'hidden'] },
        { roomId: 'other', rights: ['message'] },
      ],
    };
    const narrowed = narrowGrants(token, 'r', {
      rights: ['login', 'media', 'message'],
      streams: ['ann-camera', 'ann-board'],
    });
    expect(hasStreamRight(narrowed, 'r', 'media', 'ann-camera')).toBe(true);
    expect(hasStreamRight(narrowed, 'r', 'media', 'ann-board')).toBe(false);
    expect(hasRight(narrowed, 'r', 'data')).toBe(false);
    expect(hasRight(narrowed, 'r', 'readMessages')).toBe(true);
    expect(hasRight(narrowed, 'r', 'sendMessages')).toBe(false);
    expect(isHidden(narrowed, 'r')).toBe(true);
    expect(isHidden(listening, 'r')).toBe(false);
    expect(hasRight(narrowGrants(token, 'r', { rights: [] }), 'r', 'login')).toBe(false);
  });
});
