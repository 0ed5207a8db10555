import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { loadConfig } from '@polyroom/config';
import { mediaRpc, nodeLost, nodeReported, nodeSubject, nodeSuspected } from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { startNats, waitFor } from '@polyroom/testing';
import { z } from 'zod';
import { edgeFields, readEdgeConfig } from '../edge-config.js';
import { SessionConfigModule } from '../session-config.module.js';
import { sessionMetrics } from '../session-metrics.js';
import { MediaNodes } from './media-nodes.js';
import { NodeWatch } from './node-watch.js';

const nodeId = 'nd_1';
let nats: Awaited<ReturnType<typeof startNats>>;
let gatewayBus: Bus;
let nodeBus: Bus;
let nodes: MediaNodes;
let watch: NodeWatch;
let pings: number;
let lost: string[];
let answering: BusSubscription | undefined;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats.close();
});

beforeEach(async () => {
  [gatewayBus, nodeBus] = await Promise.all([
    Bus.connect({ url: nats.url, name: 'gateway' }),
    Bus.connect({ url: nats.url, name: 'media' }),
  ]);
  nodes = new MediaNodes(gatewayBus);
  watch = new NodeWatch(gatewayBus, nodes, createLogger('gateway', 'silent'));
  lost = [];
  gatewayBus.subscribe(nodeLost, {}, ({ incarnation }) => void lost.push(incarnation));
  nodes.onModuleInit();
  watch.onApplicationBootstrap();
  await gatewayBus.flush();
  await answerPings('one');
  report('one');
  await waitFor(() => nodes.count === 1 && pings > 0, { describe: 'the node to be known' });
});
afterEach(async () => {
  watch.onModuleDestroy();
  nodes.onModuleDestroy();
  await Promise.all([gatewayBus.close(), nodeBus.close()]);
});

async function answerPings(incarnation: string): Promise<void> {
  pings = 0;
  answering = nodeBus.respond(mediaRpc.ping, nodeSubject(mediaRpc.ping, nodeId), undefined, async () => {
    pings += 1;
    return { incarnation };
  });
  await nodeBus.flush();
}

function report(incarnation: string, state: 'active' | 'draining' = 'active'): void {
  const load = { region: 'x', cpuLoad: 0, sessions: 0, workers: 1 };
  nodeBus.publish(nodeReported, {}, { nodeId, state, ...load, atMs: Date.now(), incarnation });
}

/** How many lost nodes and known ones `/metrics` shows. */
async function shownNodes(): Promise<{ lost: number; known: number }> {
  const [lostNodes, known] = await Promise.all([
    sessionMetrics.lostMediaNodes.get(),
    sessionMetrics.mediaNodes.get(),
  ]);
  return { lost: lostNodes.values[0]!.value, known: known.values[0]!.value };
}

/** Resolves when the gateway has noticed that the node's subject has no subscribers. */
async function stopAnswering(): Promise<void> {
  answering!.close();
  await waitFor(() => lost.length > 0, { timeoutMs: 5000, describe: 'the node to be missed' });
  expect(() => nodes.choose([])).toThrow();
}

test('uses a node that responds again before it reports, also for pending requests', async () => {
  await stopAnswering();
  const waiting = nodes.chooseOrWait([], 10_000);
  await answerPings('one');
  await expect(waiting).resolves.toBe(nodeId);
  expect(lost).toEqual(['one']);
});

test('counts a node as lost that ends without draining, and no other', async () => {
  const before = await shownNodes();
  await waitFor(async () => (await shownNodes()).known === 1, { describe: 'the node to be shown' });
  await stopAnswering();
  await waitFor(async () => (await shownNodes()).known === 0, { describe: 'the node to be missed' });
  expect((await shownNodes()).lost).toBe(before.lost + 1);

  await answerPings('two');
  report('two', 'draining');
  await waitFor(() => nodes.isDraining(nodeId) && pings > 0, { describe: 'the draining node to be known' });
  lost = [];
  answering!.close();
  await waitFor(() => lost.length > 0, { timeoutMs: 5000, describe: 'the node to be missed' });
  expect((await shownNodes()).lost).toBe(before.lost + 1);
});

test('requires a report from a restarted node', async () => {
  await stopAnswering();
  await answerPings('two');
  await waitFor(() => pings > 2, { timeoutMs: 5000, describe: 'the gateway to ask again' });
  expect(() => nodes.choose([])).toThrow();
  const waiting = nodes.chooseOrWait([], 10_000);
  report('two');
  await expect(waiting).resolves.toBe(nodeId);
});

test('requires a report from a node that refused a session, regardless of its pings', async () => {
  nodes.forget(nodeId);
  const before = pings;
  await waitFor(() => pings > before + 2, { timeoutMs: 5000, describe: 'the gateway to ask again' });
  expect(() => nodes.choose([])).toThrow();
});

test('fails if no node becomes available in time', async () => {
  await stopAnswering();
  await expect(nodes.chooseOrWait([], 50)).rejects.toMatchObject({ errorName: 'MEDIA_NODE_UNAVAILABLE' });
});

test('pings a node at once if another node suspects it', async () => {
  const before = pings;
  const suspicions = 20;
  for (let suspicion = 0; suspicion < suspicions; suspicion += 1) {
    nodeBus.publish(nodeSuspected, {}, { nodeId });
  }
  // The regular interval would take ten seconds.
  await waitFor(() => pings >= before + suspicions, { describe: 'the questions' });
  expect(lost).toEqual([]);
});

test('does not miss a node that connects to the bus again later', async () => {
  let isBack = false;
  gatewayBus.onReconnect(() => void (isBack = true));
  answering!.close();
  await nats.close();
  nats = await startNats({ port: nats.port });
  await waitFor(() => isBack, { timeoutMs: 5000, describe: 'the bus to be back' });
  const asking = jest.spyOn(gatewayBus, 'requestNode');
  await waitFor(() => asking.mock.calls.length > 3, { timeoutMs: 5000, describe: 'the gateway to ask' });
  expect(lost).toEqual([]);
  await answerPings('one');
  await waitFor(() => pings > 2, { timeoutMs: 5000, describe: 'the node to answer' });
  expect(lost).toEqual([]);
  // On a busy machine its first report is out of date by now.
  report('one');
  await nodeBus.flush();
  await gatewayBus.flush();
  expect(nodes.choose([])).toBe(nodeId);
  answering!.close();
  await waitFor(() => lost.length > 0, { timeoutMs: 10_000, describe: 'the node to be missed' });
});

test('reports nothing after shutdown', async () => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  let isAsked = false;
  nodeBus.respond(mediaRpc.ping, nodeSubject(mediaRpc.ping, nodeId), undefined, async () => {
    isAsked = true;
    await held;
    return { incarnation: 'two' };
  });
  // The new subscription comes first: without any subscriber the node would count as lost.
  answering!.close();
  await nodeBus.flush();
  isAsked = false;
  await waitFor(() => isAsked, { timeoutMs: 5000, describe: 'the gateway to ask' });
  watch.onModuleDestroy();
  answer();
  await nodeBus.flush();
  // The response, and any report that it causes.
  await gatewayBus.flush();
  await gatewayBus.flush();
  expect(lost).toEqual([]);
});

test('prefers the nodes of the region that the environment names, also to one with less load', async () => {
  const values = loadConfig(z.object(edgeFields), { POLYROOM_REGION: 'eu' });
  const app = await NestFactory.createApplicationContext(
    {
      module: class Placing {},
      imports: [SessionConfigModule.register(readEdgeConfig(values, 'gw_1'))],
      providers: [MediaNodes, { provide: Bus, useValue: gatewayBus }],
    },
    { logger: false },
  );
  const placing = app.get(MediaNodes);
  await gatewayBus.flush();
  const load = { state: 'active', workers: 1, sessions: 0, incarnation: 'one', atMs: Date.now() } as const;
  nodeBus.publish(nodeReported, {}, { ...load, nodeId: 'nd_far', region: 'us', cpuLoad: 0.1 });
  nodeBus.publish(nodeReported, {}, { ...load, nodeId: 'nd_near', region: 'eu', cpuLoad: 0.6 });
  await waitFor(() => placing.count === 2, { timeoutMs: 5000, describe: 'both nodes to be known' });
  expect(placing.choose([])).toBe('nd_near');
  await app.close();
});
