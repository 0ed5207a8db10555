import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, messagingReported, messagingRpc, nodeSubject } from '@polyroom/contracts';
import { type RunningServer, startNats } from '@polyroom/testing';
import { MessagingInstances } from './messaging-instances.js';

const { sendBarrage } = messagingRpc;
const rooms = Array.from({ length: 60 }, (_, index) => `room-${index}`);
let nats: RunningServer;
let buses: Bus[];
let gateways: MessagingInstances[];
/** Rooms of the received requests, by instance. */
let asked: Map<string, string[]>;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.close());
beforeEach(async () => {
  buses = await Promise.all([0, 1, 2].map((number) => Bus.connect({ url: nats.url, name: `bus-${number}` })));
  gateways = buses.slice(0, 2).map((bus) => new MessagingInstances(bus));
  gateways.forEach((gateway) => gateway.onModuleInit());
  // Reports that precede the subscription would be lost.
  await Promise.all(buses.map((bus) => bus.flush()));
  asked = new Map();
});
afterEach(async () => {
  gateways.forEach((gateway) => gateway.onModuleDestroy());
  await Promise.all(buses.map((bus) => bus.close()));
});

/** An instance that records requests to its name or, without a name, to the service. */
async function startInstance(name: string, answer?: () => never): Promise<{ close(): void }> {
  const bus = buses[2]!;
  const isNamed = name !== 'any';
  const listener = bus.respond(
    sendBarrage,
    isNamed ? nodeSubject(sendBarrage, name) : sendBarrage.subject,
    isNamed ? undefined : sendBarrage.service,
    async (request) => {
      const { roomId } = request as { roomId: string };
      asked.set(name, [...(asked.get(name) ?? []), roomId]);
      answer?.();
      return { messageId: 'ms_1' };
    },
  );
  await report(name, 'active');
  return listener;
}

async function report(instanceId: string, state: 'active' | 'ending'): Promise<void> {
  if (instanceId !== 'any') {
    buses[2]!.publish(messagingReported, {}, { instanceId, state });
  }
  // First the server processes it, then the gateways.
  await buses[2]!.flush();
  await Promise.all(buses.map((bus) => bus.flush()));
}

async function askAll(gateway: MessagingInstances): Promise<void> {
  const from = { userId: 'u', userName: 'u' };
  await Promise.all(
    rooms.map((roomId) => {
      const message = { appId: 42, roomId, from, content: 'x', category: 'chat' as const };
      return gateway.ask(sendBarrage, message, message);
    }),
  );
}

test('sends a room’s requests from every gateway to the same instance, and distributes the rooms', async () => {
  await startInstance('in_a');
  await startInstance('in_b');
  await askAll(gateways[0]!);
  const first = new Map([...asked].map(([name, roomIds]) => [name, [...roomIds].sort()]));
  expect(first.get('in_a')!.length + first.get('in_b')!.length).toBe(rooms.length);
  expect(Math.min(first.get('in_a')!.length, first.get('in_b')!.length)).toBeGreaterThan(10);
  asked.clear();
  await askAll(gateways[1]!);
  expect(new Map([...asked].map(([name, roomIds]) => [name, [...roomIds].sort()]))).toEqual(first);
});

test('sends nothing to a draining or lost instance, without an error', async () => {
  const gone = await startInstance('in_a');
  await startInstance('in_b');
  await startInstance('in_c');
  gone.close();
  await buses[2]!.flush();
  await askAll(gateways[0]!);
  expect(asked.get('in_b')!.length + asked.get('in_c')!.length).toBe(rooms.length);
  asked.clear();
  await report('in_c', 'ending');
  await askAll(gateways[0]!);
  expect([...asked.keys()]).toEqual(['in_b']);
});

test('sends to the service’s queue group without a known instance', async () => {
  await startInstance('any');
  await askAll(gateways[0]!);
  expect(asked.get('any')).toHaveLength(rooms.length);
});

test('assumes moderation while one instance reports it, and until the first report', async () => {
  const [gateway] = gateways as [MessagingInstances];
  const reportModerated = async (
    instanceId: string,
    moderatedAppIds: number[],
    state: 'active' | 'ending' = 'active',
  ): Promise<void> => {
    buses[2]!.publish(messagingReported, {}, { instanceId, state, moderatedAppIds });
    await buses[2]!.flush();
    await Promise.all(buses.map((bus) => bus.flush()));
  };
  expect([1, 2].map((appId) => gateway.mayModerate(appId))).toEqual([true, true]);
  await reportModerated('in_a', [1]);
  await reportModerated('in_b', []);
  expect([1, 2].map((appId) => gateway.mayModerate(appId))).toEqual([true, false]);
  await reportModerated('in_a', [], 'ending');
  expect(gateway.mayModerate(1)).toBe(false);
  await reportModerated('in_b', [2], 'ending');
  expect([1, 2].map((appId) => gateway.mayModerate(appId))).toEqual([false, true]);
});

test('returns an instance’s refusal without asking another instance', async () => {
  await startInstance('any');
  await startInstance('in_a', () => {
    throw new AppError('ROOM_CALL_API_TOO_FREQUENT');
  });
  await expect(askAll(gateways[0]!)).rejects.toMatchObject({ code: 1002072 });
  expect(asked.has('any')).toBe(false);
});
