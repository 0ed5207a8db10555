import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findTextError } from './caller-text.js';
import { appIdSchema, roomIdSchema, senderSchema, sessionIdSchema, userIdSchema } from './ids.js';
import { newId } from './own-id.js';
import { parseOrThrow } from './parse.js';

const zegoPunctuation = "~!@#$%^&*()_+=-`;',.<>\\";

describe('IDs that callers choose', () => {
  test.each([
    ['roomId', 127],
    ['userId', 63],
    ['userName', 255],
    ['streamId', 255],
  ] as const)('%s may have %i bytes and not one more', (kind, maxBytes) => {
    expect(findTextError(kind, 'a'.repeat(maxBytes))).toBeUndefined();
    expect(findTextError(kind, 'a'.repeat(maxBytes + 1))).toMatch(/TOO_LONG$/);
  });

  test('counts lengths in UTF-8 bytes, not in characters', () => {
    expect(findTextError('userName', 'ü'.repeat(127))).toBeUndefined();
    expect(findTextError('userName', 'ü'.repeat(128))).toBe('ROOM_USER_NAME_TOO_LONG');
  });

  test.each([
    ['roomId', '', 'ROOM_ROOMID_NULL'],
    ['roomId', undefined, 'ROOM_ROOMID_NULL'],
    ['roomId', 'a b', 'ROOM_ROOMID_INVALID_CHARACTER'],
    ['roomId', 'a{b}', 'ROOM_ROOMID_INVALID_CHARACTER'],
    ['roomId', 7, 'ROOM_ROOMID_INVALID_CHARACTER'],
    ['userId', 'ä', 'ROOM_USER_ID_INVALID_CHARACTER'],
    ['userName', 'a\u0000b', 'ROOM_USER_NAME_INVALID_CHARACTER'],
    ['userName', '\ud800', 'ROOM_USER_NAME_INVALID_CHARACTER'],
    ['streamId', 'a.b', 'COMMON_STREAM_ID_INVALID_CHARACTER'],
  ] as const)('%s %p is %s', (kind, value, errorName) => {
    expect(findTextError(kind, value)).toBe(errorName);
  });

  test('accepts every character that ZEGO allows in a room ID', () => {
    expect(findTextError('roomId', `aZ09${zegoPunctuation}`)).toBeUndefined();
  });

  test('accepts any ID of allowed characters unless it begins with $', () => {
    const ids = fc.string({
      unit: fc.constantFrom(...`aZ09${zegoPunctuation}`),
      minLength: 1,
      maxLength: 63,
    });
    fc.assert(
      fc.property(ids, fc.boolean(), (id, isReserved) => {
        const text = isReserved ? `$${id.slice(1)}` : id;
        const expected = text.startsWith('$');
        expect(findTextError('roomId', text)).toBe(expected ? 'ROOM_ROOMID_INVALID_CHARACTER' : undefined);
        expect(findTextError('userId', text)).toBe(expected ? 'ROOM_USER_ID_INVALID_CHARACTER' : undefined);
        expect(senderSchema.safeParse({ userId: text, userName: 'x' }).success).toBe(true);
      }),
    );
    expect(findTextError('streamId', '$s')).toBe('COMMON_STREAM_ID_INVALID_CHARACTER');
    expect(findTextError('userName', '$ystem')).toBeUndefined();
  });

  test('reports the length first, even if the ID is reserved', () => {
    expect(findTextError('userId', `$${'a'.repeat(63)}`)).toBe('ROOM_USER_ID_TOO_LONG');
  });

  test('names the argument when it refuses a reserved ID', () => {
    expect(() => parseOrThrow(userIdSchema, '$system')).toThrow(/^The user ID .* '\$'/);
    expect(() => parseOrThrow(roomIdSchema, '$lobby')).toThrow(/^The room ID .* '\$'/);
  });

  test('names the code of the violated rule in the schema', () => {
    expect(() => parseOrThrow(roomIdSchema, '')).toThrow(expect.objectContaining({ code: 1002011 }));
    expect(() => parseOrThrow(roomIdSchema, undefined)).toThrow(expect.objectContaining({ code: 1002011 }));
    expect(() => parseOrThrow(appIdSchema, 0)).toThrow(expect.objectContaining({ code: 1001000 }));
    expect(() => parseOrThrow(appIdSchema, 2 ** 32)).toThrow(expect.objectContaining({ code: 1000017 }));
  });
});

test('generated IDs match their schema and are unique', () => {
  const ids = Array.from({ length: 1000 }, () => newId('session'));
  expect(new Set(ids).size).toBe(1000);
  ids.forEach((id) => expect(sessionIdSchema.safeParse(id).success).toBe(true));
  expect(sessionIdSchema.safeParse('gw_1').success).toBe(false);
});
