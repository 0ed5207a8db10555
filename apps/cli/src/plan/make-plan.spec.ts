import { describe, expect, test } from '@jest/globals';
import { runProgram } from '../../test/fake-surroundings.js';
import { makePlan, type Need, type PlanInput } from './make-plan.js';
import { unitCosts } from './unit-costs.js';

const input: PlanInput = {
  ...{ users: 10_000, roomsPerUser: 2, membersPerRoom: 10, streams: 0, playsPerUser: 1, streamKbps: 1000 },
  ...{ loginsPerSecond: 100, messagesPerSecond: 0, messageBytes: 100, replicas: 3 },
  ...{ redisNodeGib: 8, mediaWorkers: 7, mediaNodeGbps: 10 },
};

function needOf(component: Need['component'], changes: Partial<PlanInput> = {}): Need {
  return makePlan({ ...input, ...changes }).needs.find((need) => need.component === component)!;
}

describe('makePlan', () => {
  test('counts memberships, rooms and played streams', () => {
    expect(makePlan({ ...input, membersPerRoom: 30 })).toMatchObject({
      ...{ memberships: 20_000, rooms: 667, plays: 0 },
    });
    expect(makePlan({ ...input, streams: 10, playsPerUser: 3 })).toMatchObject({ plays: 30_000 });
  });

  test('adds gateways by sockets or by CPU, whichever needs more, and a spare one', () => {
    const idle = { loginsPerSecond: 0 };
    expect(needOf('gateway', { ...idle, users: 50_000 })).toMatchObject({
      ...{ instances: 2, cores: 0, decidedBy: 'minimum' },
    });
    expect(needOf('gateway', { ...idle, users: 50_001 })).toMatchObject({
      ...{ instances: 3, decidedBy: '50000 sockets each' },
    });
    const deliveries = 100_000;
    const busy = needOf('gateway', { ...idle, messagesPerSecond: deliveries / input.membersPerRoom });
    expect(busy.cores).toBeCloseTo((deliveries * unitCosts.gatewayDeliveryUs.value) / 1e6 / 0.7);
    expect(busy).toMatchObject({ instances: Math.ceil(busy.cores) + 1, decidedBy: 'CPU' });
  });

  test('counts the notifications of a login to the members of a large room, up to 500', () => {
    const [small, large, larger] = [10, 500, 5000].map(
      (membersPerRoom) => needOf('gateway', { membersPerRoom }).cores,
    );
    expect(large! - small!).toBeCloseTo((200 * 490 * unitCosts.gatewayDeliveryUs.value) / 1e6 / 0.7);
    expect(larger).toBe(large);
  });

  test('counts the checks of memberships also without logins', () => {
    const idle = { loginsPerSecond: 0 };
    const checks = 20_000 / 30 / 1e6 / 0.7;
    expect(needOf('room', idle).cores).toBeCloseTo(checks * unitCosts.roomCheckUs.value);
    expect(needOf('Redis', idle).cores).toBeCloseTo(checks * unitCosts.redisCheckUs.value);
  });

  test('needs a Redis Cluster beyond the memory or the core of one server', () => {
    const one = needOf('Redis');
    expect(one.instances).toBe(1);
    const dataBytes = 10_000 * (unitCosts.redisSessionBytes.value + unitCosts.redisMembershipBytes.value);
    expect(one.memoryBytes).toBeCloseTo(dataBytes / 0.7);
    const large = needOf('Redis', { users: 1_000_000, loginsPerSecond: 0, redisNodeGib: 0.5 });
    expect(large).toMatchObject({
      ...{ decidedBy: 'memory', instances: Math.ceil(large.memoryBytes / 0.5 / 1024 ** 3) },
    });
    // Just beyond one server: a Cluster has three masters.
    const gib = one.memoryBytes / 1024 ** 3 / 1.5;
    expect(needOf('Redis', { redisNodeGib: gib })).toMatchObject({ decidedBy: 'memory', instances: 3 });
    expect(needOf('Redis', { loginsPerSecond: 100_000 })).toMatchObject({ decidedBy: 'CPU' });
  });

  test('stores each message for an hour on every NATS server', () => {
    const { instances, storageBytes } = needOf('NATS', { messagesPerSecond: 10, messageBytes: 500 });
    expect(instances).toBe(3);
    expect(storageBytes).toBe(10 * 3600 * (unitCosts.natsMessageBytes.value + 500) * 3);
  });

  test('adds media nodes by packets or by bandwidth, whichever needs more', () => {
    const media = { users: 1000, streams: 1000, playsPerUser: 5 };
    const byCpu = needOf('media', media);
    expect(byCpu.cores).toBeCloseTo((6000 * 350) / 65_000 / 0.7);
    expect(byCpu).toMatchObject({ inBps: 1e9, outBps: 5e9, instances: Math.ceil(byCpu.cores / 7) + 1 });
    expect(needOf('media', { ...media, streamKbps: 20_000 })).toMatchObject({
      ...{ decidedBy: 'bandwidth', instances: Math.ceil(100 / 7) + 1 },
    });
  });
});

describe('polyroom plan', () => {
  test('prints a row for each kind of process, and the same as JSON', async () => {
    const args = ['plan', '--users', '10000', '--rooms-per-user', '3', '--streams', '500'];
    const text = await runProgram(args);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    for (const component of ['gateway', 'auth', 'room', 'messaging', 'media', 'Redis', 'NATS']) {
      expect(text.stdout).toMatch(new RegExp(`^${component} +\\d+ +\\d+\\.\\d\\d `, 'm'));
    }
    const json = await runProgram([...args, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      input: { users: 10_000, loginsPerSecond: 50 },
      ...{ memberships: 30_000, plays: 10_000 },
    });
  });

  test('a cluster may be smaller than a usual room', async () => {
    const { code, stdout } = await runProgram(['plan', '--users', '3', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      input: { membersPerRoom: 3 },
      rooms: 1,
    });
  });

  test.each([
    [[], /required option '--users <n>' not specified/],
    [['--users', '0'], /--users <n>.*expected a whole number from 1/],
    [['--users', '1e6'], /--users <n>.*expected a whole number/],
    [['--users', '10', '--rooms-per-user', '-1'], /--rooms-per-user <n>/],
    [['--users', '10', '--streams', 'x'], /--streams <n>/],
    [['--users', '5', '--members-per-room', '6'], /--members-per-room must not be more than --users/],
  ])('%j is refused with the name of the option', async (args, message) => {
    const result = await runProgram(['plan', ...args]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});
