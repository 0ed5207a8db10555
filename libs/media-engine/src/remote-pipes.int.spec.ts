import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AppError, mediaPipeRpc, parseOrThrow } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { TestNode, type TestSession } from './media-node.fixtures.js';
import { type RemoteNodes } from './remote-nodes.js';

const source = 'nd_source';
const target = 'nd_target';
const nodes = new Map<string, TestNode>();
let answersLost = 0;

/** The nodes of this spec. Every request passes its contract, as over the bus. */
const remoteNodes: RemoteNodes = {
  async openPipe(nodeId, request) {
    const node = nodes.get(nodeId)?.node;
    if (node === undefined) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    }
    const wire = JSON.parse(JSON.stringify(request)) as unknown;
    const reply = await node.openPipe(parseOrThrow(mediaPipeRpc.openPipe.request, wire));
    if (answersLost > 0) {
      answersLost -= 1;
      throw new AppError('MEDIA_NODE_UNAVAILABLE', { message: 'the answer was lost' });
    }
    return parseOrThrow(mediaPipeRpc.openPipe.reply, JSON.parse(JSON.stringify(reply)));
  },
  async closePipe(nodeId, request) {
    nodes.get(nodeId)?.node.closePipe(request);
  },
  async extendPipe(nodeId, request) {
    const wire = JSON.parse(JSON.stringify(request)) as unknown;
    nodes.get(nodeId)?.node.extendPipe(parseOrThrow(mediaPipeRpc.extendPipe.request, wire));
    // Delivered twice, as after a lost reply.
    nodes.get(nodeId)?.node.extendPipe(request);
  },
  async endPipe(nodeId, request) {
    nodes.get(nodeId)?.node.endPipe(request);
  },
  async updatePipe(nodeId, request) {
    nodes.get(nodeId)?.node.updatePipe(request);
  },
};

let here: TestNode;
let there: TestNode;
let publisher: TestSession;

beforeEach(async () => {
  answersLost = 0;
  there = await TestNode.start(1, { nodeId: source, remoteNodes });
  here = await TestNode.start(2, { nodeId: target, remoteNodes });
  nodes.set(source, there).set(target, here);
  publisher = await there.join('publisher');
  await publisher.publish('stream1');
});
afterEach(async () => {
  nodes.clear();
  await Promise.all([here.close(), there.close()]);
});

const from = { sourceNodeId: source };
const pipesIn = () => here.node.dump().pipesIn;
const pipesOut = () => there.node.dump().pipesOut;

test('pipes a remote stream once per router and closes the pipe with its last viewer', async () => {
  const viewers = await Promise.all(['a', 'b', 'c', 'd'].map((userId) => here.join(userId)));
  const bound = await Promise.all(viewers.map((viewer) => viewer.bind('stream1', 'room1', from)));
  expect(bound.map(({ consumers }) => consumers.map(({ kind }) => kind))).toEqual(
    viewers.map(() => ['audio', 'video']),
  );
  // Four viewers over two routers: two pipes with two downlinks each.
  const piped = { streamId: 'stream1', sourceNodeId: source, downlinks: 2 };
  expect(pipesIn()).toEqual([piped, piped]);
  expect(pipesOut()).toEqual([
    { streamId: 'stream1', targetNodeId: target },
    { streamId: 'stream1', targetNodeId: target },
  ]);
  await viewers[0]!.bind('stream1', 'room2', from);
  expect(pipesIn()).toEqual([piped, piped]);

  for (const viewer of viewers.slice(0, 3)) {
    viewer.unbind('stream1');
  }
  expect(pipesIn()).toEqual([{ ...piped, downlinks: 1 }]);
  await viewers[3]!.close();
  expect(pipesIn()).toEqual([]);
  await waitFor(() => pipesOut().length === 0, { describe: 'the sending ends to close' });
  await viewers[0]!.close();
  await viewers[1]!.close();
  await viewers[2]!.close();
  await publisher.close();
  // The observer sees the workers of the node started last only with its own routers.
  expect(await here.countInWorkers()).toMatchObject({ producers: 0, consumers: 0, transports: 0 });
  expect(await there.countInWorkers()).toMatchObject({ producers: 0, consumers: 0, transports: 0 });
});

test('ends the stream for viewers on the other node', async () => {
  const viewer = await here.join('viewer');
  await viewer.bind('stream1', 'room1', from);
  const closed: unknown[] = [];
  here.node.on('downlinkClosed', (fact) => closed.push(fact));
  publisher.closeUpstream('stream1');
  await waitFor(() => closed.length > 0, { describe: 'the viewer to be notified' });
  expect(closed).toEqual([{ session: viewer.ref, streamId: 'stream1', reason: 'sourceEnded' }]);
  expect(pipesIn()).toEqual([]);
  await expect(viewer.bind('stream1', 'room1', from)).rejects.toMatchObject({
    errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST',
  });
  expect(pipesIn()).toEqual([]);
});

test('leaves nothing after a lost reply and opens a new pipe for the next viewer', async () => {
  const viewer = await here.join('viewer');
  answersLost = 1;
  await expect(viewer.bind('stream1', 'room1', from)).rejects.toMatchObject({
    errorName: 'MEDIA_NODE_UNAVAILABLE',
  });
  await waitFor(() => pipesOut().length === 0, { describe: 'the sending end to close' });
  expect(pipesIn()).toEqual([]);
  await expect(viewer.bind('stream1', 'room1', from)).resolves.toMatchObject({ created: true });
  expect(pipesOut()).toHaveLength(1);
});

test('closes the pipes of a lost node on both sides', async () => {
  const viewer = await here.join('viewer');
  await viewer.bind('stream1', 'room1', from);
  const closed: unknown[] = [];
  here.node.on('downlinkClosed', (fact) => closed.push(fact));
  here.node.forgetNode(source);
  expect(closed).toEqual([{ session: viewer.ref, streamId: 'stream1', reason: 'nodeLost' }]);
  expect(pipesIn()).toEqual([]);
  there.node.forgetNode(target);
  expect(pipesOut()).toEqual([]);
});

test('leaves no pipe when the viewer leaves during opening', async () => {
  const viewer = await here.join('viewer');
  const binding = viewer.bind('stream1', 'room1', from).catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await viewer.close();
  await binding;
  expect(pipesIn()).toEqual([]);
  await waitFor(() => pipesOut().length === 0, { describe: 'the sending end to close' });
});

test('refuses a viewer that cannot decode the stream and closes the pipe', async () => {
  const viewer = await here.join('viewer');
  await expect(
    viewer.bind('stream1', 'room1', { ...from, rtpCapabilities: { codecs: [], headerExtensions: [] } }),
  ).rejects.toMatchObject({ errorName: 'MEDIA_PARAMETERS_INVALID' });
  expect(pipesIn()).toEqual([]);
});

test('pipes an additional kind through the existing pipe, once', async () => {
  await publisher.produce('lateVideo', 'audio');
  const viewer = await here.join('viewer');
  await viewer.bind('lateVideo', 'room1', from);
  const kinds: string[] = [];
  here.node.on('downlinkExtended', ({ consumer }) => kinds.push(consumer.kind));
  await publisher.produce('lateVideo', 'video');
  await waitFor(() => kinds.length > 0, { describe: 'the video consumer' });
  const late = await here.join('late');
  const { consumers } = await late.bind('lateVideo', 'room1', from);
  expect(consumers.map(({ kind }) => kind)).toEqual(['audio', 'video']);
  expect(kinds).toEqual(['video']);
  expect((await here.countInWorkers()).producers).toBeLessThanOrEqual(4);
});
