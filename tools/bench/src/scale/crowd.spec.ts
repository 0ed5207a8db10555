import { describe, expect, test } from '@jest/globals';
import { blockSize, membersPerRoom, pick, roomOf, roomsOf } from './crowd.js';

const roomsPerUser = 3;
const roomIdsOf = (user: number): string[] =>
  Array.from({ length: roomsPerUser }, (_, place) => roomOf(user, place));

test('every room has the same number of members, in each of the rooms of a user other ones', () => {
  const users = Array.from({ length: 2 * blockSize }, (_, user) => user);
  const members = new Map<string, number[]>();
  for (const user of users) {
    for (const roomId of roomIdsOf(user)) {
      members.set(roomId, [...(members.get(roomId) ?? []), user]);
    }
  }
  expect([...members.values()].filter(({ length }) => length !== membersPerRoom)).toEqual([]);
  expect([...roomsOf(0, 2 * blockSize, roomsPerUser)].sort()).toEqual([...members.keys()].sort());
  const company = (place: number): number[] => members.get(roomOf(7, place))!.filter((user) => user !== 7);
  expect(company(0).filter((user) => company(1).includes(user))).toEqual([]);
});

describe.each([blockSize, 10 * blockSize, 1000 * blockSize])('of %d users', (users) => {
  test('a pass picks users of the crowd of which no two share a room', () => {
    for (const pass of [0, 1, 7, 10, 1234]) {
      const picked = pick(users, pass);
      expect(picked.every((user) => user >= 0 && user < users)).toBe(true);
      const rooms = picked.flatMap(roomIdsOf);
      expect(new Set(rooms).size).toBe(rooms.length);
    }
  });
});
