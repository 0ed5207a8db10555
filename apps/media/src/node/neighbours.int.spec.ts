import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { nodeReported } from '@polyroom/contracts';
import { type MediaNode } from '@polyroom/media-engine';
import { createLogger } from '@polyroom/observability';
import { silentAfterMs } from '@polyroom/placement';
import { startNats, waitFor } from '@polyroom/testing';
import { Neighbours } from './neighbours.js';

const [own, other] = ['nd_1', 'nd_2'];
const reportIntervalMs = 200;
let nats: Awaited<ReturnType<typeof startNats>>;
let bus: Bus;
let neighbours: Neighbours;
let forgotten: string[];
/** The nodes that report. */
let reporting: Set<string>;
let timer: NodeJS.Timeout;

beforeEach(async () => {
  nats = await startNats();
  bus = await Bus.connect({ url: nats.url, name: 'media' });
  forgotten = [];
  const node = { neighbours: () => [other], forgetNode: (nodeId: string) => void forgotten.push(nodeId) };
  const logger = createLogger('media', 'silent');
  neighbours = new Neighbours(bus, node as unknown as MediaNode, { nodeId: own }, logger);
  neighbours.onModuleInit();
  reporting = new Set([own, other]);
  timer = setInterval(() => reporting.forEach(report), reportIntervalMs);
  await waitFor(() => neighbours.next() === other, { describe: 'the other node to be known' });
});
afterEach(async () => {
  clearInterval(timer);
  neighbours.onApplicationShutdown();
  await bus.close();
  await nats.close();
});

function report(nodeId: string): void {
  const load = { region: 'x', cpuLoad: 0, sessions: 0, workers: 1 };
  bus.publish(nodeReported, {}, { nodeId, state: 'active', ...load, atMs: Date.now(), incarnation: 'one' });
}

test('forgets a node whose reports stop', async () => {
  reporting.delete(other);
  await waitFor(() => forgotten.length > 0, {
    timeoutMs: silentAfterMs * 2,
    describe: 'the node to be missed',
  });
  expect(forgotten).toEqual([other]);
});

test('forgets no node while the bus is away, and gives it time to connect to it again', async () => {
  let isBack = false;
  bus.onReconnect(() => void (isBack = true));
  reporting.clear();
  await nats.close();
  await waitFor(() => !neighbours.hasActiveOther(), {
    timeoutMs: silentAfterMs * 2,
    describe: 'the reports to be old',
  });
  nats = await startNats({ port: nats.port });
  await waitFor(() => isBack, { timeoutMs: 5000, describe: 'the bus to be back' });
  expect(forgotten).toEqual([]);
  const backAtMs = performance.now();
  reporting.add(own);
  await waitFor(() => forgotten.length > 0, {
    timeoutMs: silentAfterMs * 2,
    describe: 'the node to be missed',
  });
  expect(performance.now() - backAtMs).toBeGreaterThan(silentAfterMs);
});
