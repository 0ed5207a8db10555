import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError, type ErrorName, type SessionRef } from '@polyroom/contracts';
import { redisKinds, startRedisOf } from '@polyroom/testing';
import fc from 'fast-check';
import { RoomStore } from './index.js';
import { ReferenceRules } from './reference-rules.fixtures.js';
import { admitOptions, enter, session as sessionOf, tokenHash } from './room-store.fixtures.js';

const userIds = ['u1', 'u2'];
const limit = 2;
const roomIds = ['r1', 'r2', 'r3', 'r4'];
const long = 1_000_000;

/** A pending login; the store and the model have each their own epoch for it. */
interface Ticket {
  userId: string;
  sessionId: string;
  roomId: string;
  modelEpoch: number;
  epoch: number;
  leaseMs: number;
  isLate: boolean;
}

// Few values, some of them frequent, so that operations collide.
const user = fc.constantFrom<string>('u1', 'u1', 'u1', 'u2');
const sessionId = fc.constantFrom<string>('se_1', 'se_1', 'se_1', 'se_2', 'se_2', 'se_3');
const room = fc.constantFrom(...roomIds);
const gatewayId = fc.constantFrom<string>('gw_1', 'gw_1', 'gw_1', 'gw_2');
/** Index of a pending login, counted from the latest. */
const ticket = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 2 }) },
  { weight: 1, arbitrary: fc.nat({ max: 20 }) },
);
const policy = fc.constantFrom('kickOld' as const, 'refuseNew' as const, 'share' as const);
const rarely = fc.nat({ max: 9 }).map((number) => number === 0);
const mostly = rarely.map((value) => !value);

/** The operations. The steps of a login and of a logout come one by one and all at once. */
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('login' as const),
      steps: fc.constantFrom(1, 2, 3, 3, 3, 3),
      userId: user,
      sessionId,
      roomId: room,
      request: fc.nat({ max: 2 }),
      gatewayId,
      policy,
      isSingle: rarely,
      userMatches: mostly,
      opens: mostly,
      replaces: fc.option(room, { freq: 5, nil: undefined }),
      isLate: rarely,
      capacity: fc.constantFrom(0, 0, 1),
      client: fc.option(fc.record({ id: fc.constantFrom('c1', 'c1', 'c2'), socket: fc.nat({ max: 2 }) }), {
        freq: 3,
        nil: undefined,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('enter' as const), ticket, capacity: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('confirm' as const), ticket }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), ticket }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('release' as const), ticket, isKick: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('logout' as const), ticket }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('suspend' as const),
      userId: user,
      sessionId,
      gatewayId,
      attach: fc.constantFrom(0, 0, 1, 2),
      isExpired: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('resume' as const),
      userId: user,
      sessionId,
      gatewayId,
      knowsToken: mostly,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      userId: user,
      sessionId,
      onlyExpired: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('putOut' as const), userId: user, sessionId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('halfEnd' as const), userId: user, sessionId }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('outage' as const),
      ticket,
      meanwhile: fc.constantFrom('kick' as const, 'putOut' as const, 'putOutAndEnd' as const),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Applies each operation to the commands and to the model, and compares the results. */
class Twins {
  private readonly model = new ReferenceRules();
  private readonly tickets: Ticket[] = [];

  constructor(
    private readonly store: RoomStore,
    private readonly appId: number,
  ) {}

  async run(operation: Operation): Promise<void> {
    const { store, model } = this;
    switch (operation.kind) {
      case 'login':
        return this.login(operation);
      case 'suspend': {
        const { userId, sessionId, gatewayId, attach, isExpired } = operation;
        const graceMs = isExpired ? 0 : long;
        const answer = await store.user.suspend(this.session(userId, sessionId), gatewayId, attach, graceMs);
        expect(answer).toBe(model.suspend(userId, sessionId, gatewayId, attach, isExpired));
        return;
      }
      case 'resume':
        return this.resume(operation);
      case 'end': {
        const { userId, sessionId, onlyExpired } = operation;
        const expected = model.end(userId, sessionId, onlyExpired);
        expect(sorted(await this.end(userId, sessionId, onlyExpired))).toEqual(sorted(expected));
        return;
      }
      case 'putOut': {
        const { userId, sessionId } = operation;
        const code = 'ROOM_MANUAL_KICKED_OUT';
        const answer = await store.user.putOut(this.session(userId, sessionId), code, undefined);
        expect(answer).toBe(model.putOut(userId, sessionId, code));
        return;
      }
      case 'halfEnd': {
        const { userId, sessionId } = operation;
        const held = await store.user.beginEnd(this.session(userId, sessionId));
        expect(held !== undefined).toBe(model.halfEnd(userId, sessionId));
        return;
      }
      default: {
        const chosen = this.tickets.at(-1 - (operation.ticket % this.tickets.length));
        if (chosen === undefined) {
          return;
        }
        if (operation.kind === 'outage') {
          await this.outage(operation.meanwhile, chosen);
        } else {
          await this.step(operation, chosen);
        }
      }
    }
  }

  /** Suspends a session, changes it meanwhile, and resumes it. */
  private async outage(meanwhile: 'kick' | 'putOut' | 'putOutAndEnd', chosen: Ticket): Promise<void> {
    const { userId, sessionId } = chosen;
    for (const gatewayId of ['gw_1', 'gw_2']) {
      await this.run({ kind: 'suspend', userId, sessionId, gatewayId, attach: 0, isExpired: false });
    }
    if (meanwhile === 'kick') {
      await this.step({ kind: 'release', isKick: true }, chosen);
    } else {
      await this.run({ kind: 'putOut', userId, sessionId });
    }
    if (meanwhile === 'putOutAndEnd') {
      await this.run({ kind: 'end', userId, sessionId, onlyExpired: false });
    }
    await this.run({ kind: 'resume', userId, sessionId, gatewayId: 'gw_2', knowsToken: true });
  }

  async compareState(): Promise<void> {
    for (const userId of userIds) {
      const { rooms, sessions } = await this.store.reader.readUser(this.appId, userId);
      const expected = this.model.describe(userId);
      expect(rooms.map(({ roomId, sessionId, state }) => `${roomId} ${sessionId} ${state}`).sort()).toEqual(
        expected.rooms.sort(),
      );
      expect(
        sessions.map(({ sessionId, state, gatewayId }) => `${sessionId} ${state} ${gatewayId}`).sort(),
      ).toEqual(expected.sessions.sort());
    }
    for (const roomId of roomIds) {
      const { members } = await this.store.reader.listMembers(this.appId, roomId, '0');
      expect(members.map(({ userId, sessionId }) => `${userId} ${sessionId}`).sort()).toEqual(
        this.model.membersOf(roomId).sort(),
      );
      expect(await this.store.reader.roomExists(this.appId, roomId)).toBe(members.length > 0);
    }
  }

  private async login(operation: Operation & { kind: 'login' }): Promise<void> {
    const { userId, sessionId, roomId, steps, request, isSingle, isLate, capacity, replaces } = operation;
    const ref = this.session(userId, sessionId);
    const rules = {
      requestId: `q${request}`,
      gatewayId: operation.gatewayId,
      mode: isSingle ? ('single' as const) : ('multi' as const),
      userMatches: operation.userMatches,
      limit: isSingle ? 1 : limit,
      policy: operation.policy,
      opens: operation.opens,
      replaces: replaces === roomId ? undefined : replaces,
      client: operation.client,
    };
    const expected = this.model.admit({ userId, sessionId, roomId, isLate, ...rules });
    const options = admitOptions(ref, roomId, { ...rules, enterLeaseMs: isLate ? -long : long });
    const admitted = await outcome(this.store.user.admit(options));
    if ('refused' in admitted) {
      expect(admitted).toEqual({ refused: 'refused' in expected ? expected.refused : undefined });
      return;
    }
    const { ok } = admitted;
    const { out, swept } = 'ok' in expected ? expected.ok : expected;
    expect(ok.refused).toBe('refused' in expected ? expected.refused : undefined);
    expect([...ok.out].sort()).toEqual([...(out ?? [])].sort());
    expect(ok.swept.map((entry) => entry.roomId).sort()).toEqual([...(swept ?? [])].sort());
    if ('refused' in expected) {
      return;
    }
    expect(ok.repeated).toBe(expected.ok.repeated);
    const chosen: Ticket = {
      userId,
      sessionId,
      roomId,
      modelEpoch: expected.ok.epoch,
      epoch: ok.epoch!,
      leaseMs: ok.leaseMs,
      isLate: ok.leaseMs !== 0 && isLate && !ok.repeated,
    };
    if (!ok.repeated) {
      this.tickets.push(chosen);
    } else {
      // The lease of the first request applies.
      chosen.isLate = this.tickets.find(({ epoch }) => epoch === chosen.epoch)!.isLate && ok.leaseMs !== 0;
    }
    if (steps > 1) {
      await this.step({ kind: 'enter', capacity }, chosen);
    }
    if (steps > 2) {
      await this.step({ kind: 'confirm' }, chosen);
    }
  }

  private async step(
    operation:
      | { kind: 'enter'; capacity: number }
      | { kind: 'confirm' | 'leave' | 'logout' }
      | { kind: 'release'; isKick: boolean },
    { userId, sessionId, roomId, epoch, modelEpoch, leaseMs, isLate }: Ticket,
  ): Promise<void> {
    const { store, model } = this;
    const ref = this.session(userId, sessionId);
    switch (operation.kind) {
      case 'enter': {
        const { capacity } = operation;
        const expected = model.enter(userId, sessionId, roomId, { epoch: modelEpoch, isLate, capacity });
        const entered = await outcome(
          enter(store, ref, roomId, epoch, { leaseMs, maxMemberCount: capacity }),
        );
        expect('ok' in entered ? { ok: pick(entered.ok) } : entered).toEqual(expected);
        return;
      }
      case 'confirm': {
        const expected = model.confirm(userId, sessionId, roomId, modelEpoch);
        expect(await store.user.confirm(ref, roomId, epoch)).toBe(expected);
        return;
      }
      case 'leave':
      case 'logout': {
        const left = await store.room.leave(ref, roomId, epoch, { fenceMs: long });
        expect(left !== undefined).toBe(model.leave(userId, sessionId, roomId, modelEpoch));
        if (operation.kind === 'leave') {
          return;
        }
        await this.release(ref, roomId, epoch, modelEpoch, undefined);
        return;
      }
      case 'release':
        await this.release(
          ref,
          roomId,
          epoch,
          modelEpoch,
          operation.isKick ? 'ROOM_MANUAL_KICKED_OUT' : undefined,
        );
    }
  }

  private async release(
    ref: SessionRef,
    roomId: string,
    epoch: number,
    modelEpoch: number,
    code: ErrorName | undefined,
  ): Promise<void> {
    const expected = this.model.release(ref.userId, ref.sessionId, roomId, modelEpoch, code);
    const why = code === undefined ? undefined : { code };
    const released = await outcome(this.store.user.release(ref, roomId, epoch, why));
    expect('ok' in released ? { ok: { sessionEnded: released.ok.sessionEnded } } : released).toEqual(
      expected,
    );
  }

  private async resume(operation: Operation & { kind: 'resume' }): Promise<void> {
    const { userId, sessionId, gatewayId, knowsToken } = operation;
    const expected = this.model.resume(userId, sessionId, gatewayId, knowsToken);
    const options = { tokenHash: knowsToken ? tokenHash : 'b'.repeat(64) };
    const resumed = await outcome(
      this.store.user.resume(this.session(userId, sessionId), gatewayId, options),
    );
    if ('refused' in resumed || 'refused' in expected) {
      expect(resumed).toEqual(expected);
      return;
    }
    expect(resumed.ok.attach).toBe(expected.ok.attach);
    expect(resumed.ok.rooms.map(({ roomId }) => roomId).sort()).toEqual(expected.ok.roomIds.sort());
    expect(new Map(resumed.ok.lost.map(({ roomId, code }) => [roomId, code]))).toEqual(expected.ok.lost);
  }

  private async end(
    userId: string,
    sessionId: string,
    onlyExpired: boolean,
  ): Promise<string[] | 'live' | 'later' | undefined> {
    const ref = this.session(userId, sessionId);
    const held = await this.store.user.beginEnd(ref, { onlyExpired });
    if (typeof held !== 'object') {
      return held;
    }
    for (const { roomId, epoch } of held.rooms) {
      await this.store.room.leave(ref, roomId, epoch, { fenceMs: long });
    }
    await this.store.user.finishEnd(ref);
    return held.rooms.map(({ roomId }) => roomId);
  }

  private session(userId: string, sessionId: string): SessionRef {
    return { ...sessionOf(userId, sessionId), appId: this.appId };
  }
}

async function outcome<T>(promise: Promise<T>): Promise<{ ok: T } | { refused: ErrorName }> {
  try {
    return { ok: await promise };
  } catch (error) {
    if (error instanceof AppError) {
      return { refused: error.errorName };
    }
    throw error;
  }
}

function pick({ joined, memberCount }: { joined: boolean; memberCount: number }): {
  joined: boolean;
  memberCount: number;
} {
  return { joined, memberCount };
}

function sorted(value: string[] | string | undefined): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}

describe.each(redisKinds)('the commands and the reference model, on %s', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  let store: RoomStore;
  beforeAll(async () => {
    redis = await startRedisOf(kind);
    store = await RoomStore.connect({ url: redis.url, prefix: 'twins' });
  });
  afterAll(async () => {
    await store?.close();
    await redis?.close();
  });

  test('agree on every sequence of operations', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 5, maxLength: 80, size: 'max' }),
        async (operations) => {
          // An AppID of its own isolates the run.
          const twins = new Twins(store, randomInt(1, 2 ** 31));
          for (const operation of operations) {
            await twins.run(operation);
          }
          await twins.compareState();
        },
      ),
      { numRuns: kind === 'single' ? 200 : 60 },
    );
  });
});
