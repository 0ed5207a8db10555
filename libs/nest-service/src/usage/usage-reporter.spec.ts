import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Bus } from '@polyroom/bus';
import { AppError, type ParsedRequestOf, type usageRpc } from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { waitFor } from '@polyroom/testing';
import { UsageReporter } from './usage-reporter.js';

type Report = ParsedRequestOf<typeof usageRpc.recordUsage>;

const of = { appId: 1, roomId: 'lobby', userId: 'ada' };

let reports: Report[];
let isAway: boolean;
let reporter: UsageReporter;

beforeEach(() => {
  reports = [];
  isAway = true;
  const bus = {
    request: async (_contract: unknown, report: Report) => {
      reports.push(report);
      if (isAway) {
        throw new AppError('BUS_TIMEOUT');
      }
      return {};
    },
  } as unknown as Bus;
  reporter = new UsageReporter(bus, createLogger('spec', 'silent'), 1);
});
afterEach(() => {
  jest.useRealTimers();
});

test('a shutdown does not wait for auth', async () => {
  reporter.add(of, { messages: 1 });
  reporter.onApplicationBootstrap();
  await waitFor(() => reports.length > 0, { describe: 'an attempt' });
  await reporter.onApplicationShutdown();
  // At least one of the interrupted report, then two.
  expect(reports.length).toBeGreaterThanOrEqual(3);
  expect(new Set(reports.map(({ reportId }) => reportId)).size).toBe(1);
});

test('repeats what auth did not store under the same ID', async () => {
  reporter.add(of, { messages: 1 });
  // With fewer attempts.
  await reporter.onApplicationShutdown();
  const [failed] = reports;
  reports = [];
  isAway = false;
  reporter.add(of, { messages: 5 });
  await reporter.report();
  expect(reports[0]).toEqual(failed);
  expect(reports.map(({ rows }) => rows.map(({ messages }) => messages))).toEqual([[1], [5]]);
  await reporter.report();
  expect(reports).toHaveLength(2);
});

test('a report does not wait for a collector that hangs, nor end with one that fails', async () => {
  jest.useFakeTimers();
  isAway = false;
  reporter.collectWith(() => Promise.reject(new Error('failed')));
  reporter.collectWith(() => new Promise(() => undefined));
  reporter.add(of, { messages: 1 });
  const reported = reporter.report();
  await jest.advanceTimersByTimeAsync(30_000);
  await reported;
  expect(reports).toHaveLength(1);
});
