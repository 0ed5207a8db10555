import { describe, expect, test } from '@jest/globals';
import { nextRoomId, readAddress, readRoomIds, writeAddress } from './address.js';

describe('the address', () => {
  test('has app, user and rooms, in any order and any alphabet', () => {
    const roomIds = ['stage', 'Büro & Küche', 'a,b'];
    const hash = writeAddress({ appId: '42', userId: 'ada', roomIds });
    expect(readAddress(hash)).toEqual({
      appId: '42',
      userId: 'ada',
      roomIds,
      appSign: undefined,
      token: undefined,
    });
  });

  test('names each room once, and none without a name', () => {
    expect(readAddress('#room=stage&room=&room=stage&room=%20hall%20').roomIds).toEqual(['stage', 'hall']);
  });

  test('takes credentials, and is written without them', () => {
    const address = readAddress('#appId=42&appSign=secret&token=other&user=ada&room=stage');
    expect(address).toMatchObject({ appSign: 'secret', token: 'other' });
    expect(writeAddress({ ...address, appId: '42' })).toBe('#appId=42&user=ada&room=stage');
  });

  test('of an invitation has no user', () => {
    expect(writeAddress({ appId: '42', roomIds: ['stage'] })).toBe('#appId=42&room=stage');
  });

  test('without anything is empty', () => {
    expect(readAddress('')).toEqual({
      ...{ appId: undefined, userId: undefined, roomIds: [] },
      ...{ appSign: undefined, token: undefined },
    });
    expect(writeAddress({ appId: '', roomIds: [] })).toBe('#');
  });
});

test('a text names rooms, separated by commas or line breaks', () => {
  expect(readRoomIds(' stage,back stage\nhall,,stage')).toEqual(['stage', 'back stage', 'hall']);
});

test.each([
  ['room1', 'room2'],
  ['room-09', 'room-10'],
  ['7', '8'],
  ['stage', ''],
  ['', ''],
])('%s is followed by "%s"', (roomId, next) => {
  expect(nextRoomId(roomId)).toBe(next);
});
