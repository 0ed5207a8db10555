import { describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();

const joinsOf = (roomId: string) =>
  used.facts.filter((each) => each.roomId === roomId && each.fact.type === 'memberJoined');

describe('a login', () => {
  test('that is repeated, at once or later, gets the same place and is reported once', async () => {
    const session = used.session('ada');
    const replies = await Promise.all(Array.from({ length: 6 }, () => used.login(session, 'a')));
    replies.push(await used.login(session, 'a'));
    expect(new Set(replies.map(({ epoch }) => epoch)).size).toBe(1);
    expect(new Set(replies.map(({ snapshot }) => snapshot.memberCount))).toEqual(new Set([1]));
    await waitFor(() => joinsOf('a').length > 0, { describe: 'the join' });
    // Reported after whatever the repetitions reported.
    await used.login(used.session('bob'), 'a');
    await waitFor(() => joinsOf('a').length > 1, { describe: 'the next join' });
    expect(joinsOf('a').map(({ fact }) => fact.seq)).toEqual([1, 2]);
  });

  test('with another request ID is refused with 1002064, and keeps the first', async () => {
    const session = used.session('ada');
    const { epoch } = await used.login(session, 'a');
    expect(await codeOf(used.login(session, 'a', { requestId: 'another' }))).toBe(1002064);
    expect(await used.membersOf('a')).toMatchObject([{ userId: 'ada', epoch }]);
  });

  test('of a session that does not exist is refused with 1002057 unless it opens it', async () => {
    const session = used.session('ada');
    expect(await codeOf(used.login(session, 'a', { opens: false }))).toBe(1002057);
    expect(await used.placesOf('ada')).toEqual([]);
    expect(await codeOf(used.login(session, 'a'))).toBe(0);
    expect(await codeOf(used.login(session, 'b', { opens: false }))).toBe(0);
  });

  test('counts against the smaller of the limits of the AppID and the token', async () => {
    used.allow({ maxRoomsPerUser: 3 });
    const enter = (userId: string, roomId: string, maxRooms: number) =>
      codeOf(used.login(used.session(userId), roomId, { maxRooms }));
    const codes = async (userId: string, maxRooms: number) => [
      await enter(userId, 'a', maxRooms),
      await enter(userId, 'b', maxRooms),
      await enter(userId, 'c', maxRooms),
      await enter(userId, 'd', maxRooms),
    ];
    expect(await codes('ada', 2)).toEqual([0, 0, 1002037, 1002037]);
    expect(await codes('bob', 9)).toEqual([0, 0, 0, 1002037]);
  });

  test('is refused if the limits cannot be read, and leaves nothing', async () => {
    await used.withoutAuth(async () => {
      expect(await codeOf(used.login(used.session('ada'), 'a'))).toBe(1190201);
    });
    expect(await used.placesOf('ada')).toEqual([]);
    expect(await used.listOf()).toEqual([]);
    expect(await codeOf(used.login(used.session('ada'), 'a'))).toBe(0);
  });

  test('that opens a session and is refused leaves nothing on the list of the gateway', async () => {
    used.allow({ maxMembersPerRoom: 1, devicePolicy: 'refuseNew' });
    await used.login(used.session('ada'), 'a');
    expect(await codeOf(used.login(used.session('bob'), 'a'))).toBe(1002034);
    expect(await codeOf(used.login(used.session('ada', 'se_second'), 'b'))).toBe(1002086);
    expect(await used.listOf()).toEqual(['se_ada']);
    expect(await used.placesOf('bob')).toEqual([]);
  });

  test('of a kicked session is refused with 1002050 and does not kick its successor', async () => {
    const [older, newer] = [used.session('ada', 'se_older'), used.session('ada', 'se_newer')];
    await used.login(older, 'a');
    await used.login(newer, 'a');
    expect(await codeOf(used.login(older, 'b'))).toBe(1002050);
    expect(await used.recordOf(newer)).toMatchObject({ state: 'live' });
    expect(await used.placesOf('ada')).toEqual(['a']);
    await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion' });
    expect(used.expulsions).toMatchObject([{ session: older, code: 1002050 }]);
  });
});

test('users who enter a room at once through two instances are numbered without a gap', async () => {
  const count = 40;
  const replies = await Promise.all(
    Array.from({ length: count }, (_, index) => used.login(used.session(`user-${index}`), 'a')),
  );
  await waitFor(() => joinsOf('a').length === count, { describe: 'all joins' });
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const ascending = (values: number[]) => [...values].sort((left, right) => left - right);
  expect(ascending(joinsOf('a').map(({ fact }) => fact.seq))).toEqual(numbers);
  expect(ascending(replies.map(({ snapshot }) => snapshot.memberCount))).toEqual(numbers);
  expect(new Set(replies.map(({ snapshot }) => snapshot.roomEpoch)).size).toBe(1);
});
