import { describe, expect, test } from '@jest/globals';
import { roomAdminRpc, roomRpc } from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { waitFor } from '@polyroom/testing';
import { HeldCommand } from '../../test/held-command.js';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();
const tooManyUsers = 1190402;
const tooManyRooms = 1002035;
const tooManyLogins = 1002071;

/** Enters a room as a user with one session; 0, or the code of the refusal. */
const enter = (userId: string, roomId: string): Promise<number> =>
  codeOf(used.login(used.session(userId), roomId));

const countOf = (codes: number[], code: number): number => codes.filter((each) => each === code).length;

describe('the quota of users', () => {
  test('holds exactly for users who enter at once through two instances', async () => {
    used.allow({ maxUsers: 5 });
    const codes = await Promise.all(Array.from({ length: 30 }, (_, index) => enter(`user-${index}`, 'a')));
    expect([countOf(codes, 0), countOf(codes, tooManyUsers)]).toEqual([5, 25]);
    expect(await used.membersOf('a')).toHaveLength(5);
  });

  test('counts a user once, in several rooms and on several devices', async () => {
    used.allow({ maxUsers: 1, devicePolicy: 'share' });
    expect(await enter('ada', 'a')).toBe(0);
    expect(await enter('ada', 'b')).toBe(0);
    expect(await codeOf(used.login(used.session('ada', 'se_second'), 'c'))).toBe(0);
    expect(await enter('bob', 'a')).toBe(tooManyUsers);
    // The other device of the user is still there.
    await used.bus.request(roomRpc.endSession, { session: used.session('ada') });
    expect(await enter('bob', 'a')).toBe(tooManyUsers);
    await used.bus.request(roomRpc.endSession, { session: used.session('ada', 'se_second') });
    expect(await enter('bob', 'a')).toBe(0);
  });

  test('does not count a user whom the room refuses', async () => {
    used.allow({ maxUsers: 2, maxMembersPerRoom: 1 });
    expect(await enter('ada', 'full')).toBe(0);
    expect(await enter('refused', 'full')).toBe(1002034);
    expect(await enter('bob', 'b')).toBe(0);
  });

  test('counts a suspended session until its grace expires', async () => {
    used.allow({ maxUsers: 1 });
    const session = used.session('ada');
    await used.login(session, 'a');
    await used.suspend(session);
    expect(await enter('bob', 'a')).toBe(tooManyUsers);
    await used.bus.request(roomRpc.endSession, { session });
    expect(await enter('bob', 'a')).toBe(0);
  });

  test('does not count a user whom the rules of users refuse', async () => {
    used.allow({ maxUsers: 2 });
    await used.bus.request(
      roomAdminRpc.setBan,
      { appId: used.appId, userId: 'banned', forMs: 60_000 },
      { statement: await used.stateAuthority('users:ban') },
    );
    expect(await enter('ada', 'a')).toBe(0);
    expect(await enter('banned', 'a')).toBe(1002066);
    expect(await enter('bob', 'a')).toBe(0);
  });

  test('keeps the count of a user while one of several logins at once is refused', async () => {
    used.allow({ maxUsers: 1, maxMembersPerRoom: 1, devicePolicy: 'share' });
    expect(await enter('ada', 'full')).toBe(0);
    await used.bus.request(roomRpc.endSession, { session: used.session('ada') });
    const session = used.session('bob');
    await used.login(used.session('bob', 'se_other'), 'full');
    const codes = await Promise.all(
      ['full', 'a', 'b', 'c'].map((roomId) => codeOf(used.login(session, roomId))),
    );
    expect(countOf(codes, 0)).toBe(3);
    expect(await enter('ada', 'd')).toBe(tooManyUsers);
  });

  test('drops users that a crash left behind once it is full', async () => {
    used.allow({ maxUsers: 150 });
    const stale = Array.from({ length: 150 }, (_, index) => `stale-${index}`);
    await used.countLongAgo('users', stale);
    expect(await enter('ada', 'a')).toBe(0);
    const { counts } = await used.store.quotas.scan(used.appId, 'users', '0');
    expect(counts.map(({ id }) => id)).toEqual(['ada']);
  });
});

describe('the quota of rooms', () => {
  test('holds exactly for rooms that are created at once through two instances', async () => {
    used.allow({ maxRooms: 4 });
    const codes = await Promise.all(
      Array.from({ length: 24 }, (_, index) => enter(`user-${index}`, `room-${index}`)),
    );
    expect([countOf(codes, 0), countOf(codes, tooManyRooms)]).toEqual([4, 20]);
  });

  test('does not keep users out of the rooms that there are, and a room that is left makes space', async () => {
    used.allow({ maxRooms: 1 });
    expect(await enter('ada', 'a')).toBe(0);
    expect(await enter('bob', 'a')).toBe(0);
    expect(await enter('bob', 'b')).toBe(tooManyRooms);
    await Promise.all(
      ['ada', 'bob'].map((userId) => used.bus.request(roomRpc.endSession, { session: used.session(userId) })),
    );
    expect(await enter('cyd', 'b')).toBe(0);
  });

  test('drops rooms that a crash left behind once it is full', async () => {
    used.allow({ maxRooms: 2 });
    await used.countLongAgo('rooms', ['stale']);
    expect(await enter('ada', 'a')).toBe(0);
    expect(await enter('ada', 'b')).toBe(0);
    expect(await enter('ada', 'c')).toBe(tooManyRooms);
  });
});

describe('the quota of sessions', () => {
  const tooManySessions = 1190405;

  test('holds exactly for devices that enter at once, and an ended session makes space', async () => {
    used.allow({ maxSessions: 3, devicePolicy: 'share' });
    const session = (index: number) => used.session('ada', `se_${index}`);
    const codes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => codeOf(used.login(session(index), `room-${index}`))),
    );
    expect(codes.filter((code) => code !== 0 && code !== tooManySessions)).toEqual([]);
    expect([countOf(codes, 0), countOf(codes, tooManySessions)]).toEqual([3, 9]);
    const first = session(codes.indexOf(0));
    // A further room of the same session.
    expect(await codeOf(used.login(first, 'b', { opens: false }))).toBe(0);
    await used.bus.request(roomRpc.endSession, { session: first });
    expect(await codeOf(used.login(session(20), 'c'))).toBe(0);
  });

  test('counts WHIP and WHEP sessions apart, with a code of their own', async () => {
    used.allow({ maxInteropSessions: 2 });
    const whip = (userId: string) => codeOf(used.login(used.session(userId), 'a', { interop: true }));
    const codes = await Promise.all(Array.from({ length: 8 }, (_, index) => whip(`whip-${index}`)));
    expect([countOf(codes, 0), countOf(codes, 1190605)]).toEqual([2, 6]);
    expect(await enter('ada', 'a')).toBe(0);
    const session = used.session(`whip-${codes.indexOf(0)}`);
    await used.bus.request(roomRpc.endSession, { session });
    expect(await whip('whip-9')).toBe(0);
  });
});

describe('the quota of bans', () => {
  const ban = async (target: object, forMs = 60_000): Promise<number> => {
    const statement = await used.stateAuthority('users:ban');
    return codeOf(
      used.bus.request(roomAdminRpc.setBan, { appId: used.appId, ...target, forMs }, { statement }),
    );
  };

  test('holds exactly for bans of all kinds at once; a repeated ban is one, a lifted one makes space', async () => {
    used.allow({ maxBans: 4 });
    const targets = Array.from({ length: 5 }, (_, index) => [
      { userId: `u${index}` },
      { roomId: `r${index}` },
      { userId: `u${index}`, roomId: 'r' },
      { address: `192.0.2.${index}` },
    ]).flat();
    const codes = await Promise.all(targets.map((target) => ban(target)));
    expect([countOf(codes, 0), countOf(codes, 1190404)]).toEqual([4, 16]);
    const held = targets[codes.indexOf(0)]!;
    expect(await ban(held)).toBe(0);
    expect(await ban(held, 0)).toBe(0);
    expect(await ban({ userId: 'next' })).toBe(0);
    expect(await ban({ userId: 'further' })).toBe(1190404);
  });

  test('counts the block of a kick, which never shortens the count of a longer ban', async () => {
    used.allow({ maxBans: 1 });
    const statement = await used.stateAuthority('users:kick');
    const kick = (userId: string, blockSeconds: number): Promise<number> =>
      codeOf(
        used.bus.request(roomAdminRpc.kickUser, { appId: used.appId, userId, blockSeconds }, { statement }),
      );
    expect(await kick('held', 60)).toBe(0);
    expect([await kick('next', 60), await ban({ userId: 'next' })]).toEqual([1190404, 1190404]);
    // Counted for 1 ms only, if the kick had shortened the count.
    const quotas = used.store.quotas;
    const heldKey = JSON.stringify([null, null, 'held']);
    expect(await quotas.countBan(used.appId, heldKey, { forMs: 1, onlyProlong: true }, 1)).toBe(true);
    expect(await quotas.countBan(used.appId + 1, 'short', { forMs: 1 }, 1)).toBe(true);
    await waitFor(() => quotas.countBan(used.appId + 1, 'next', { forMs: 1 }, 1), {
      describe: 'the short count to expire',
    });
    expect(await ban({ userId: 'next' })).toBe(1190404);
  });

  test('does not count a ban that has expired', async () => {
    used.allow({ maxBans: 1 });
    expect(await ban({ userId: 'short' }, 50)).toBe(0);
    await waitFor(async () => (await ban({ userId: 'next' })) === 0, { describe: 'the first ban to expire' });
  });
});

test('drops counts that a crash left behind within seconds, also far from a limit, and keeps the others', async () => {
  await used.countLongAgo('users', ['stale']);
  await used.countLongAgo('rooms', ['stale']);
  await used.countLongAgo('sessions', ['se_stale stale']);
  // As the login does, but due at once.
  await used.store.leases.remindOfCounts(used.appId, 0);
  expect(await enter('ada', 'a')).toBe(0);
  const countedOf = (): Promise<string[][]> =>
    Promise.all((['users', 'rooms', 'sessions'] as const).map((what) => used.countedIds(what)));
  await waitFor(async () => (await countedOf()).flat().length === 3, {
    timeoutMs: 30_000,
    describe: 'the stale counts to be dropped',
  });
  expect(await countedOf()).toEqual([['ada'], ['a'], [expect.stringMatching(/ ada$/)]]);
  // Nothing is left to check once nothing is counted.
  await used.bus.request(roomRpc.endSession, { session: used.session('ada') });
  await waitFor(async () => !(await used.isCheckOfCountsDue()), {
    timeoutMs: 30_000,
    describe: 'the checks of the counts to end',
  });
});

test('a counted session that is in no room is returned to the list of its gateway', async () => {
  const session = used.session('ada');
  await used.admit(session, 'a');
  await used.countLongAgo('sessions', [`${session.sessionId} ada`]);
  await used.store.leases.remindOfCounts(used.appId, 0);
  await waitFor(async () => (await used.listOf()).length === 1, {
    timeoutMs: 30_000,
    describe: 'the session on the list',
  });
});

test('counts that are too young for one check are dropped by a later one', async () => {
  // In the order in which a check reads them: that of the session ends last.
  await used.countLongAgo('users', ['young'], 10_000);
  await used.countLongAgo('sessions', ['se_stale stale']);
  await used.store.leases.remindOfCounts(used.appId, 0);
  const counted = async (): Promise<string[]> =>
    (await Promise.all((['users', 'sessions'] as const).map((what) => used.countedIds(what)))).flat();
  await waitFor(async () => !(await counted()).includes('se_stale stale'), {
    timeoutMs: 30_000,
    describe: 'the old count to be dropped',
  });
  await waitFor(async () => (await counted()).length === 0, {
    timeoutMs: 30_000,
    describe: 'the young one to be dropped',
  });
});

describe('the defaults', () => {
  test('limit everything that an AppID may have', () => {
    const unlimited = (
      [
        'maxUsers',
        'maxRooms',
        'maxSessions',
        'maxInteropSessions',
        'maxRecordings',
        'maxBans',
        'loginsPerSecond',
        'maxRoomAttributes',
        'maxStoredMessageBytes',
      ] as const
    ).filter((name) => defaultEntitlements[name] === 0);
    expect(unlimited).toEqual([]);
  });
});

describe('logins far from every limit', () => {
  const commandsOf = (names: readonly string[]) => {
    let calls = 0;
    for (const { store } of used.instances) {
      const { commands } = store.quotas.logins as unknown as {
        commands: { run: (...args: unknown[]) => unknown };
      };
      const run = commands.run.bind(commands);
      commands.run = (...args) => {
        calls += names.includes(String(args[0])) ? 1 : 0;
        return run(...args);
      };
    }
    return () => calls;
  };

  test('are counted together: no further command for each, and none of them is lost', async () => {
    const logins = 60;
    used.allow({ maxUsers: 10_000, maxRooms: 10_000, maxSessions: 20_000, loginsPerSecond: 10_000 });
    const calls = commandsOf(['countLogin', 'countLogins']);
    // One after the other, so that each instance gets some of them, and learns what is counted.
    for (let index = 0; index < 12; index += 1) {
      await enter(`first-${index}`, 'a');
    }
    // While a batch is being sent, logins are counted at once: on a busy machine, a round may begin then.
    let rounds = 0;
    let needed = Infinity;
    while (needed >= logins / 4 && rounds < 5) {
      const round = rounds++;
      const before = calls();
      const codes = await Promise.all(
        Array.from({ length: logins }, (_, index) => enter(`user-${round}-${index}`, 'a')),
      );
      expect(countOf(codes, 0)).toBe(logins);
      needed = calls() - before;
    }
    expect(needed).toBeLessThan(logins / 4);
    await waitFor(async () => (await used.countedIds('users')).length === rounds * logins + 12, {
      describe: 'the counts of all users',
    });
  });

  test('of a user who leaves before they are counted leave no count', async () => {
    const { quotas } = used.instances[0]!.store;
    const count = (id: string) =>
      quotas.logins.count(
        used.appId,
        { loginsPerSecond: 0, limits: { users: { id, most: 10_000 } } },
        Date.now(),
      );
    await count('first');
    const [left, last] = [await count('left'), await count('last')];
    await quotas.countOut(used.appId, 'users', 'left');
    for (const outcome of [left, last]) {
      expect('added' in outcome && (await outcome.added()).length).toBe(1);
    }
    expect((await used.countedIds('users')).sort()).toEqual(['first', 'last']);
  });

  test('take back what the room refuses', async () => {
    used.allow({ maxUsers: 10_000, maxSessions: 20_000, maxMembersPerRoom: 12 });
    await Promise.all(Array.from({ length: 12 }, (_, index) => enter(`first-${index}`, 'full')));
    expect(await enter('refused', 'full')).toBe(1002034);
    await waitFor(async () => !(await used.countedIds('users')).includes('refused'), {
      describe: 'no count',
    });
  });
});

describe('a count', () => {
  test('of a login in progress is kept when the quota is full', async () => {
    used.allow({ maxUsers: 1 });
    const held = HeldCommand.after(
      used.instances.map(({ store }) => store.quotas.logins),
      'count',
      (appId, { limits }) => appId === used.appId && limits.users?.id === 'ada',
    );
    const entering = used.login(used.session('ada'), 'a');
    await held.whenHeld();
    expect(await enter('bob', 'a')).toBe(tooManyUsers);
    held.go();
    await entering;
    expect(await enter('bob', 'a')).toBe(tooManyUsers);
  });
});

describe('the rate of logins', () => {
  test('refuses what exceeds it, through both instances together, and recovers', async () => {
    const perSecond = 4;
    used.allow({ loginsPerSecond: perSecond });
    const startedAtMs = Date.now();
    const codes = await Promise.all(Array.from({ length: 30 }, (_, index) => enter(`user-${index}`, 'a')));
    const seconds = Math.floor(Date.now() / 1000) - Math.floor(startedAtMs / 1000) + 1;
    expect(new Set(codes)).toEqual(new Set([0, tooManyLogins]));
    expect(countOf(codes, 0)).toBeGreaterThanOrEqual(perSecond);
    expect(countOf(codes, 0)).toBeLessThanOrEqual(perSecond * seconds);
    await waitFor(async () => (await enter('late', 'a')) === 0, { describe: 'the next second' });
  });
});
