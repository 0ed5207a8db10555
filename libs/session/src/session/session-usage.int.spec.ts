import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Bus } from '@polyroom/bus';
import { AppError, type ParsedRequestOf, type usageRpc, type UsageGroup } from '@polyroom/contracts';
import { UsageReporter } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { Database, type UsageSum } from '@polyroom/persistence';
import { type RoomSubscription } from '../rooms/room-subscription.js';
import { ClientSession } from './client-session.js';
import { Membership } from './membership.js';
import { SessionRegistry } from './session-registry.js';
import { SessionUsage } from './session-usage.js';

/** The usage of a scripted hour: real sessions and a real database, with a clock that the script sets. */
type Report = ParsedRequestOf<typeof usageRpc.recordUsage>;

const logger = createLogger('gateway', 'silent');
const minuteMs = 60_000;
const reportEveryMs = minuteMs;
/** Ten minutes before a full hour, so that the script crosses it. */
const startMs = Date.UTC(2026, 10, 26, 9, 50);

let database: Database;
/** Each test has an AppID of its own. */
let appId = 100;
let reporter: UsageReporter;
let registry: SessionRegistry;
let usage: SessionUsage;
let nowMs: number;
/** What is done at a minute of the script, before its report. */
let script: Map<number, (() => void)[]>;
/** How auth answers a report. */
let onReport: (report: Report) => Promise<void>;

beforeAll(async () => {
  database = await Database.open({ pgliteDir: 'memory://', logger });
});
afterAll(() => database?.close());
beforeEach(async () => {
  appId += 1;
  await database.apps.create({
    ...{
      appId,
      name: `shop ${appId}`,
      appSignHash: '0'.repeat(64),
      actor: 'test',
      credentialKinds: ['native'],
    },
    secret: { secretId: 's', value: '0'.repeat(32) },
  });
  onReport = ({ reportId, rows }) => database.usage.add(reportId, rows);
  const bus = {
    request: async (_contract: unknown, report: Report) => {
      await onReport(report);
      return {};
    },
  } as unknown as Bus;
  nowMs = startMs;
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
  reporter = new UsageReporter(bus, logger, reportEveryMs);
  registry = new SessionRegistry();
  usage = new SessionUsage(registry, reporter);
  usage.onModuleInit();
  script = new Map();
});
afterEach(() => {
  jest.restoreAllMocks();
});

function at(minute: number, work: () => void): void {
  script.set(minute, [...(script.get(minute) ?? []), work]);
}

/** Runs the script with a report each minute, as a gateway does, and one at the end. */
async function run(minutes: number): Promise<void> {
  for (let minute = 0; minute <= minutes; minute++) {
    nowMs = startMs + minute * minuteMs;
    script.get(minute)?.forEach((work) => work());
    await reporter.report();
  }
}

function open(userId: string): ClientSession {
  const slot = { transition: undefined } as never;
  const options = {
    ...{ appId, mode: 'multi' as const, user: { userId, userName: userId }, gatewayId: 'gw_1', attach: 1 },
    ...{ appSign: undefined, resumeTokenHash: '', clientAddress: undefined },
  };
  const session = new ClientSession(options, 'nd_1', {} as never, slot);
  registry.add(session);
  usage.watch(session);
  session.markSettled();
  return session;
}

function enter(session: ClientSession, roomId: string): void {
  const subscription = { readsMessages: true, release() {} } as unknown as RoomSubscription;
  const note = { grants: {}, isUserStatusNotify: false };
  session.enter(new Membership({ roomId, epoch: 1, note, requestId: undefined, subscription }));
}

function close(session: ClientSession): void {
  session.end();
  registry.remove(session);
}

const hourMs = 3_600_000;
const sum = (by: UsageGroup, fromMs = startMs - hourMs, toMs = startMs + 2 * hourMs): Promise<UsageSum[]> =>
  database.usage.sum({ appId, fromMs, toMs, by, after: undefined, limit: 1000 });

const minutes = (ms: number) => ms / minuteMs;

describe('a scripted hour', () => {
  test('is recorded to the millisecond, by app, room, user and hour', async () => {
    let ada: ClientSession;
    let bob: ClientSession;
    at(0, () => {
      ada = open('ada');
      enter(ada, 'lobby');
    });
    // In two rooms at once from here on.
    at(5, () => enter(ada, 'stage'));
    at(15, () => {
      bob = open('bob');
      enter(bob, 'lobby');
    });
    for (let minute = 1; minute <= 40; minute++) {
      // As the messaging service and a media node count.
      at(minute, () => {
        reporter.add({ appId, roomId: 'lobby', userId: 'ada' }, { messages: 3, messageBytes: 30 });
        reporter.add({ appId, roomId: '', userId: 'ada' }, { sentBytes: 1_000_000 });
        reporter.add({ appId, roomId: 'lobby', userId: 'bob' }, { receivedBytes: 900_000 });
      });
    }
    at(20, () => ada.leave('stage'));
    at(45, () => bob.leave('lobby'));
    at(50, () => close(bob));
    at(60, () => close(ada));
    await run(60);

    const [total] = await sum('app');
    expect(total).toEqual({
      ...{ key: '', sessionMs: 95 * minuteMs, memberMs: 105 * minuteMs },
      ...{ messages: 120, messageBytes: 1200, sentBytes: 40_000_000, receivedBytes: 36_000_000 },
    });
    const byRoom = await sum('room');
    expect(byRoom.map(({ key, memberMs, messages }) => [key, minutes(memberMs), messages])).toEqual([
      ['', 0, 0],
      ['lobby', 90, 120],
      ['stage', 15, 0],
    ]);
    const byUser = await sum('user');
    expect(
      byUser.map(({ key, sessionMs, memberMs, sentBytes, receivedBytes }) => [
        ...[key, minutes(sessionMs), minutes(memberMs), sentBytes, receivedBytes],
      ]),
    ).toEqual([
      ['ada', 60, 75, 40_000_000, 0],
      ['bob', 35, 30, 0, 36_000_000],
    ]);
    // The first ten minutes belong to the hour before.
    const byHour = await sum('hour');
    expect(
      byHour.map(({ key, sessionMs, memberMs }) => [Number(key), minutes(sessionMs), minutes(memberMs)]),
    ).toEqual([
      [startMs - 50 * minuteMs, 10, 15],
      [startMs + 10 * minuteMs, 85, 90],
    ]);
    expect(await sum('day')).toMatchObject([{ key: String(Date.UTC(2026, 10, 26)), messages: 120 }]);
    expect(await sum('app', startMs + 10 * minuteMs)).toMatchObject([{ sessionMs: 85 * minuteMs }]);
  });

  test('counts a report once that auth stored without answering, and loses none while auth is away', async () => {
    let attempt = 0;
    onReport = async ({ reportId, rows }) => {
      attempt += 1;
      if (attempt % 3 === 1) {
        // Stored, but the answer is lost.
        await database.usage.add(reportId, rows);
      }
      if (attempt % 3 !== 0) {
        throw new AppError('BUS_TIMEOUT');
      }
      await database.usage.add(reportId, rows);
    };
    const session = open('ada');
    enter(session, 'lobby');
    await run(2);
    close(session);
    await reporter.report();
    expect(await sum('app')).toMatchObject([{ sessionMs: 2 * minuteMs, memberMs: 2 * minuteMs }]);
  });

  test('does not count a login that is refused, nor a resumed session twice', async () => {
    const refused = open('mallory');
    const unsettled = new ClientSession(
      { ...refused.options, user: { userId: 'eve', userName: 'eve' } },
      'nd_1',
      {} as never,
      { transition: undefined } as never,
    );
    usage.watch(unsettled);
    close(refused);
    nowMs += minuteMs;
    unsettled.end();
    // At another gateway, or here with a new socket: each counts its own time.
    const first = open('ada');
    nowMs += minuteMs;
    close(first);
    const second = open('ada');
    nowMs += minuteMs;
    close(second);
    await reporter.report();
    expect(await sum('user')).toMatchObject([{ key: 'ada', sessionMs: 2 * minuteMs }]);
  });
});

test('drops what belongs to an AppID that does not exist, and keeps the rest of the report', async () => {
  reporter.add({ appId: 8, roomId: 'r', userId: 'u' }, { messages: 1 });
  reporter.add({ appId, roomId: 'r', userId: 'u' }, { messages: 1 });
  await reporter.report();
  expect(await sum('app')).toMatchObject([{ messages: 1 }]);
});
