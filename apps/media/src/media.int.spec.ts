import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { MediaNode } from '@polyroom/media-engine';
import { type RunningService } from '@polyroom/nest-service';
import {
  downlinkClosed,
  type MediaKind,
  mediaRpc,
  newId,
  nodeLost,
  nodeReported,
  type NodeReport,
  nodeSubject,
  nodeSuspected,
  type PayloadOf,
  sessionEnded,
  type SessionRef,
  usageRpc,
} from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { findAddresses } from './addresses/find-addresses.js';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

const nodeId = 'nd_spec';
const reports: NodeReport[] = [];
let nats: RunningServer;
let bus: Bus;
let service: RunningService;

beforeAll(async () => {
  nats = await startNats();
  bus = await Bus.connect({ url: nats.url, name: 'spec' });
  bus.subscribe(nodeReported, {}, (report) => void reports.push(report));
  await bus.flush();
  const config = loadMediaConfig({
    POLYROOM_NATS_URL: nats.url,
    POLYROOM_NODE_ID: nodeId,
    POLYROOM_REGION: 'eu',
    POLYROOM_MEDIA_WORKERS: '2',
    POLYROOM_MEDIA_LISTEN_IP: '127.0.0.1',
    POLYROOM_HTTP_HOST: '127.0.0.1',
  });
  const serviceBus = await Bus.connect({ url: nats.url, name: 'media' });
  service = await startMedia(
    config,
    await findAddresses(config.addresses),
    serviceBus,
    createLogger('media', 'silent'),
  );
});
afterAll(async () => {
  await service?.close();
  await bus?.close();
  await nats?.close();
});

function rtpParametersOf(kind: MediaKind) {
  const codec =
    kind === 'audio'
      ? { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
      : { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 };
  return { mid: kind, codecs: [codec], encodings: [{ ssrc: kind === 'audio' ? 1111 : 2222 }] };
}

async function openSession(userId: string) {
  const session: SessionRef = { appId: 7, userId, sessionId: newId('session') };
  const media = await bus.requestNode(mediaRpc.openSession, nodeId, { session });
  return { session, rtpCapabilities: media.routerRtpCapabilities };
}

async function publish(session: SessionRef, streamId: string): Promise<void> {
  for (const kind of ['audio', 'video'] as const) {
    await bus.requestNode(mediaRpc.produce, nodeId, {
      session,
      streamId,
      kind,
      rtpParameters: rtpParametersOf(kind),
    });
  }
}

const dump = () => bus.requestNode(mediaRpc.dumpNode, nodeId, {});

test('reports immediately after start, with the fields that placement needs', async () => {
  await waitFor(() => reports.length > 0, { timeoutMs: 5000, describe: 'the first report' });
  expect(reports[0]).toMatchObject({ nodeId, state: 'active', region: 'eu', workers: 2, sessions: 0 });
});

test('opens, uses and closes a session over the bus', async () => {
  const publisher = await openSession('publisher');
  const viewer = await openSession('viewer');
  await publish(publisher.session, 'stream1');
  const binding = {
    session: viewer.session,
    streamId: 'stream1',
    sourceNodeId: nodeId,
    rtpCapabilities: viewer.rtpCapabilities,
    maxPlays: 12,
  };
  const first = await bus.requestNode(mediaRpc.bindDownlink, nodeId, { ...binding, roomId: 'room1' });
  expect(first).toMatchObject({ created: true, roomIds: ['room1'] });
  expect(first.consumers.map(({ kind }) => kind)).toEqual(['audio', 'video']);
  const second = await bus.requestNode(mediaRpc.bindDownlink, nodeId, { ...binding, roomId: 'room2' });
  expect(second).toEqual({ ...first, created: false, roomIds: ['room1', 'room2'] });
  await bus.requestNode(mediaRpc.resumeDownlink, nodeId, { session: viewer.session, streamId: 'stream1' });
  expect((await dump()).pipes).toEqual([{ streamId: 'stream1', downlinks: 1 }]);

  const unbind = { session: viewer.session, streamId: 'stream1' };
  expect(await bus.requestNode(mediaRpc.unbindDownlink, nodeId, { ...unbind, roomId: 'room1' })).toEqual({
    closed: false,
    roomIds: ['room2'],
  });
  expect(await bus.requestNode(mediaRpc.unbindDownlink, nodeId, unbind)).toEqual({
    closed: true,
    roomIds: [],
  });
  await bus.requestNode(mediaRpc.closeUpstream, nodeId, { session: publisher.session, streamId: 'stream1' });
  for (const { session } of [publisher, viewer, publisher]) {
    await bus.requestNode(mediaRpc.closeSession, nodeId, { session });
  }
  expect(await dump()).toMatchObject({ sessions: [], pipes: [] });
});

test('closes an ended session and notifies its viewers', async () => {
  const publisher = await openSession('publisher');
  const viewer = await openSession('viewer');
  await publish(publisher.session, 'stream2');
  await bus.requestNode(mediaRpc.bindDownlink, nodeId, {
    session: viewer.session,
    streamId: 'stream2',
    roomId: 'room1',
    sourceNodeId: nodeId,
    rtpCapabilities: viewer.rtpCapabilities,
    maxPlays: 1,
  });
  const closed: PayloadOf<typeof downlinkClosed>[] = [];
  bus.subscribe(downlinkClosed, { sessionId: viewer.session.sessionId }, (fact) => void closed.push(fact));
  await bus.flush();
  bus.publish(sessionEnded, {}, { session: publisher.session, nodeId });
  await waitFor(() => closed.length > 0, { describe: 'the viewer to be notified' });
  expect(closed).toEqual([{ session: viewer.session, nodeId, streamId: 'stream2', reason: 'sourceEnded' }]);
  bus.publish(sessionEnded, {}, { session: viewer.session });
  await waitFor(async () => (await dump()).sessions.length === 0, {
    describe: 'an empty node',
  });
});

test('keeps error codes across the bus', async () => {
  const session: SessionRef = { appId: 7, userId: 'nobody', sessionId: newId('session') };
  await expect(
    bus.requestNode(mediaRpc.resumeDownlink, nodeId, { session, streamId: 'stream1' }),
  ).rejects.toMatchObject({ errorName: 'MEDIA_SESSION_NOT_FOUND' });
  const { session: known } = await openSession('known');
  await expect(
    bus.requestNode(mediaRpc.produce, nodeId, {
      session: known,
      streamId: 'stream1',
      kind: 'video',
      rtpParameters: { codecs: [{ mimeType: 'video/none', payloadType: 96, clockRate: 90_000 }] },
    }),
  ).rejects.toMatchObject({ errorName: 'MEDIA_PARAMETERS_INVALID' });
  await bus.requestNode(mediaRpc.closeSession, nodeId, { session: known });
});

test('is ready and exposes its metrics', async () => {
  const { session } = await openSession('counted');
  const ready = await fetch(`http://127.0.0.1:${service.port}/readyz`);
  expect(ready.status).toBe(200);
  const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  expect(metrics).toContain(`polyroom_media_sessions{node="${nodeId}"} 1`);
  expect(metrics).toContain(`polyroom_media_transports{node="${nodeId}"} 2`);
  expect(metrics).toContain(`polyroom_media_workers{node="${nodeId}"} 2`);
  expect(metrics).toContain(`polyroom_media_workers_configured{node="${nodeId}"} 2`);
  const readMetrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  // Workers are polled once a second.
  for (const worker of ['0', '1']) {
    const cpu = new RegExp(`worker_cpu_seconds_total{node="${nodeId}",worker="${worker}"} 0\\.\\d+`);
    await waitFor(async () => cpu.test(await readMetrics()), {
      timeoutMs: 5000,
      describe: `the CPU time of worker ${worker}`,
    });
  }
  expect(metrics).toMatch(/polyroom_media_worker_sessions{node="nd_spec",worker="\d"} 1/);
  expect(metrics).toMatch(
    /polyroom_media_worker_bytes_total{node="nd_spec",worker="\d",direction="out"} \d+/,
  );
  // Prometheus takes `_total` for a counter, and nothing else.
  const types = [...metrics.matchAll(/^# TYPE polyroom_(\w+) (\w+)$/gm)];
  for (const [, name, type] of types) {
    expect(`${name} ${type === 'counter'}`).toBe(`${name} ${name!.endsWith('_total')}`);
  }
  await bus.requestNode(mediaRpc.closeSession, nodeId, { session });
});

test('pings the next node by name and reports it when it does not answer', async () => {
  const suspected: string[] = [];
  bus.subscribe(nodeSuspected, {}, ({ nodeId: suspect }) => void suspected.push(suspect));
  const asked = new Set<string>();
  const [next, farther] = ['nd_spec2', 'nd_spec3'].map((otherId) => ({
    nodeId: otherId,
    answering: bus.respond(mediaRpc.ping, nodeSubject(mediaRpc.ping, otherId), undefined, async () => {
      asked.add(otherId);
      return { incarnation: otherId };
    }),
  }));
  const load = { region: 'eu', cpuLoad: 0, sessions: 0, workers: 1, state: 'active' as const };
  for (const other of [farther!, next!]) {
    const { nodeId: otherId } = other;
    bus.publish(nodeReported, {}, { nodeId: otherId, ...load, atMs: Date.now(), incarnation: otherId });
  }
  await waitFor(() => asked.has('nd_spec2'), { describe: 'a ping of the next node' });
  asked.clear();
  next!.answering.close();
  await waitFor(() => suspected.length > 0, { describe: 'the suspicion' });
  // Only gateways declare a node lost; then the next one in the ring is pinged.
  bus.publish(nodeLost, {}, { nodeId: 'nd_spec2', incarnation: 'nd_spec2' });
  await waitFor(() => asked.has('nd_spec3'), { describe: 'a ping of the node after it' });
  expect(new Set(suspected)).toEqual(new Set(['nd_spec2']));
  bus.publish(nodeLost, {}, { nodeId: 'nd_spec3', incarnation: 'nd_spec3' });
  farther!.answering.close();
});

test('reports its drain and its last usage, serves metrics until it has drained, and leaves no process behind', async () => {
  const { workers } = await dump();
  const { session } = await openSession('last');
  // The drain waits for sessions only if another node can take them.
  bus.publish(nodeReported, {}, { ...reports.at(-1)!, nodeId: 'nd_other', state: 'active' });
  await bus.flush();
  const usage: unknown[] = [];
  bus.respond(usageRpc.recordUsage, usageRpc.recordUsage.subject, undefined, async (request) => {
    usage.push(request);
    return {};
  });
  const closeNode = jest.spyOn(MediaNode.prototype, 'close').mockImplementation(async function close(
    this: MediaNode,
  ) {
    closeNode.mockRestore();
    this.safeEmit('sessionTraffic', { session, sentBytes: 1234, receivedBytes: [] });
    await this.close();
  });
  const closing = service.close();
  await waitFor(() => reports.at(-1)?.state === 'draining', { describe: 'the drain' });
  const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  expect(metrics.match(/^polyroom_media_sessions.*/m)?.[0]).toBe('polyroom_media_sessions{node="nd_spec"} 1');
  await bus.requestNode(mediaRpc.closeSession, nodeId, { session });
  await closing;
  expect(usage).toMatchObject([{ rows: [{ appId: 7, userId: 'last', sentBytes: 1234 }] }]);
  for (const { pid } of workers) {
    expect(() => process.kill(pid, 0)).toThrow();
  }
});
