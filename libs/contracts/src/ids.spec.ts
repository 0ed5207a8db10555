import { describe, expect, test } from '@jest/globals';
import { appIdSchema, findTextError, newId, roomIdSchema, sessionIdSchema } from './ids.js';
import { parseOrThrow } from './parse.js';

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

  test('lengths are counted in UTF-8 bytes, not in characters', () => {
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

  test('every character that ZEGO allows in a room ID is allowed', () => {
    expect(findTextError('roomId', "aZ09~!@#$%^&*()_+=-`;',.<>\\")).toBeUndefined();
  });

  test('a schema names the code of the rule that is broken', () => {
    expect(() => parseOrThrow(roomIdSchema, '')).toThrow(expect.objectContaining({ code: 1002011 }));
    expect(() => parseOrThrow(roomIdSchema, undefined)).toThrow(expect.objectContaining({ code: 1002011 }));
    expect(() => parseOrThrow(appIdSchema, 0)).toThrow(expect.objectContaining({ code: 1001000 }));
    expect(() => parseOrThrow(appIdSchema, 2 ** 32)).toThrow(expect.objectContaining({ code: 1000017 }));
  });
});

test('our own IDs fit their schema and do not repeat', () => {
  const ids = Array.from({ length: 1000 }, () => newId('session'));
  expect(new Set(ids).size).toBe(1000);
  ids.forEach((id) => expect(sessionIdSchema.safeParse(id).success).toBe(true));
  expect(sessionIdSchema.safeParse('gw_1').success).toBe(false);
});
