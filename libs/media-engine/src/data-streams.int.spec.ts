import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, mediaPipeRpc, parseOrThrow } from '@polyroom/contracts';
import { nodeId, TestNode, type TestSession } from './media-node.fixtures.js';
import { type RemoteNodes } from './remote-nodes.js';

const withData = { maxMessageBytes: 4096 };
const data = { data: true, rtpCapabilities: {} };

async function codeOf(asking: Promise<unknown>): Promise<string> {
  try {
    await asking;
  } catch (error) {
    return error instanceof AppError ? error.errorName : String(error);
  }
  return 'no error';
}

/** Data producers and consumers in all workers of a node, independent of our bookkeeping. */
async function countData(node: TestNode): Promise<{ dataProducers: number; dataConsumers: number }> {
  const { workers } = await node.node.dumpWorkers();
  const sum = (of: 'dataConsumers' | 'dataProducers') =>
    workers.reduce((total, worker) => total + worker[of], 0);
  return { dataProducers: sum('dataProducers'), dataConsumers: sum('dataConsumers') };
}

describe('a data stream on one node', () => {
  let test: TestNode;
  let publisher: TestSession;
  let near: TestSession;
  let far: TestSession;
  const closed: unknown[] = [];

  beforeEach(async () => {
    closed.length = 0;
    test = await TestNode.start(2);
    test.node.on('downlinkClosed', ({ session, reason }) => closed.push([session.userId, reason]));
    // Sessions alternate between the workers.
    publisher = await test.join('publisher', withData);
    far = await test.join('far', withData);
    near = await test.join('near', withData);
  });
  afterEach(() => test.close());

  it('reaches viewers on both workers through one pipe and ends in one call', async () => {
    const { maxMessageBytes } = await publisher.produceData('data1');
    expect(maxMessageBytes).toBe(4096);
    const farther = await test.join('farther', withData);
    for (const viewer of [near, far, farther]) {
      const { consumers, created, dataConsumer } = await viewer.bind('data1', 'room1', data);
      expect({ consumers, created }).toEqual({ consumers: [], created: true });
      expect(dataConsumer?.sctpStreamParameters).toMatchObject({ ordered: true });
      await viewer.resume('data1');
    }
    expect((await near.bind('data1', 'room2', data)).created).toBe(false);
    expect(test.node.dump().pipes).toEqual([{ streamId: 'data1', downlinks: 2 }]);
    // The producer and its piped copy; three viewers and the pipe.
    expect(await countData(test)).toEqual({ dataProducers: 2, dataConsumers: 4 });
    publisher.closeUpstream('data1');
    expect(closed.sort()).toEqual([
      ['far', 'sourceEnded'],
      ['farther', 'sourceEnded'],
      ['near', 'sourceEnded'],
    ]);
    expect(test.node.dump().pipes).toEqual([]);
    expect(await countData(test)).toEqual({ dataProducers: 0, dataConsumers: 0 });
  });

  it('leaves a worker with the last viewer there', async () => {
    await publisher.produceData('data1');
    await far.bind('data1', 'room1', data);
    far.unbind('data1');
    expect(await countData(test)).toEqual({ dataProducers: 1, dataConsumers: 0 });
  });

  it('ends for a viewer that loses messages, and for all viewers behind a pipe that does', async () => {
    await publisher.produceData('data1');
    const farther = await test.join('farther', withData);
    const { dataConsumer } = await near.bind('data1', 'room1', data);
    test.dataConsumers.find(({ id }) => id === dataConsumer!.dataConsumerId)!.emit('sctpsendbufferfull');
    expect(closed).toEqual([['near', 'overloaded']]);
    await far.bind('data1', 'room1', data);
    const pipe = test.dataConsumers.at(-2)!;
    await farther.bind('data1', 'room1', data);
    expect(test.node.dump().pipes).toEqual([{ streamId: 'data1', downlinks: 2 }]);
    pipe.emit('sctpsendbufferfull');
    expect(closed.slice(1).sort()).toEqual([
      ['far', 'overloaded'],
      ['farther', 'overloaded'],
    ]);
    expect(await countData(test)).toEqual({ dataProducers: 1, dataConsumers: 0 });
    expect((await far.bind('data1', 'room1', data)).created).toBe(true);
  });

  it('shares the pipe between two workers with media, in either order', async () => {
    await publisher.publish('stream1');
    await far.bind('stream1');
    await publisher.produceData('data1');
    expect((await far.bind('data1', 'room1', data)).dataConsumer).toBeDefined();
  });

  it('is not interchangeable with a media stream', async () => {
    await publisher.produceData('data1');
    await publisher.publish('stream1');
    expect(await codeOf(near.bind('data1'))).toBe('PLAYER_PLAY_STREAM_NOT_EXIST');
    expect(await codeOf(near.bind('stream1', 'room1', data))).toBe('PLAYER_PLAY_STREAM_NOT_EXIST');
    await near.bind('stream1');
    expect(await codeOf(near.bind('stream1', 'room1', data))).toBe('PLAYER_PLAY_STREAM_NOT_EXIST');
    expect(await codeOf(publisher.produce('data1', 'audio'))).toBe('MEDIA_PARAMETERS_INVALID');
    expect(await codeOf(publisher.produceData('stream1'))).toBe('MEDIA_PARAMETERS_INVALID');
    expect(publisher.dump?.upstreams).toEqual([
      { streamId: 'data1', kinds: ['data'] },
      { streamId: 'stream1', kinds: ['audio', 'video'] },
    ]);
  });

  it('counts against its own limit', async () => {
    await publisher.produceData('data1');
    await publisher.produceData('data2', { streamId: 1 });
    await publisher.publish('stream1');
    await near.bind('stream1', 'room1', { maxPlays: 1 });
    await near.bind('data1', 'room1', { ...data, maxPlays: 1 });
    expect(await codeOf(near.bind('data2', 'room1', { ...data, maxPlays: 1 }))).toBe('PLAYER_COUNT_EXCEED');
  });

  it('is refused if either session was opened without data', async () => {
    const without = await test.join('without');
    expect(await codeOf(without.produceData('data1'))).toBe('IM_NO_AVAILABLE_BROADCAST_CHANNEL');
    await publisher.produceData('data1');
    expect(await codeOf(without.bind('data1', 'room1', data))).toBe('MEDIA_PARAMETERS_INVALID');
    expect(without.dump).toMatchObject({ upstreams: [], downlinks: [] });
  });

  it('is refused an SCTP stream ID that is in use', async () => {
    await publisher.produceData('data1', { streamId: 7 });
    expect(await codeOf(publisher.produceData('data2', { streamId: 7 }))).toBe('MEDIA_PARAMETERS_INVALID');
    expect(publisher.dump?.upstreams).toEqual([{ streamId: 'data1', kinds: ['data'] }]);
    await publisher.produceData('data2', { streamId: 8 });
  });

  it.each([{}, { streamId: -1 }, { streamId: 65_535 }, { streamId: 1.5 }, { streamId: 0, ordered: false }])(
    'is refused with the parameters %p',
    (parameters) => {
      expect(() => publisher.produceData('data1', parameters)).toThrow(AppError);
    },
  );
});

describe('a data stream between two nodes', () => {
  const nodes = new Map<string, TestNode>();
  const overWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const remoteNodes: RemoteNodes = {
    openPipe: async (to, request) =>
      overWire(
        await nodes.get(to)!.node.openPipe(parseOrThrow(mediaPipeRpc.openPipe.request, overWire(request))),
      ),
    closePipe: async (to, request) => nodes.get(to)?.node.closePipe(request),
    extendPipe: async (to, request) => nodes.get(to)?.node.extendPipe(request),
    endPipe: async (to, request) => nodes.get(to)?.node.endPipe(request),
    updatePipe: async (to, request) => nodes.get(to)?.node.updatePipe(request),
  };
  afterEach(async () => {
    await Promise.all([...nodes.values()].map((node) => node.close()));
    nodes.clear();
  });

  it('is carried by one pipe, which closes with its last viewer', async () => {
    nodes.set(nodeId, await TestNode.start(1, { remoteNodes }));
    nodes.set('nd_there', await TestNode.start(1, { nodeId: 'nd_there', remoteNodes }));
    const [here, there] = [nodes.get(nodeId)!, nodes.get('nd_there')!];
    const publisher = await here.join('publisher', withData);
    await publisher.produceData('data1');
    const viewers = [await there.join('a', withData), await there.join('b', withData)];
    for (const viewer of viewers) {
      expect((await viewer.bind('data1', 'room1', data)).dataConsumer).toBeDefined();
    }
    expect(await codeOf(viewers[0]!.bind('data1'))).toBe('PLAYER_PLAY_STREAM_NOT_EXIST');
    expect(await countData(here)).toEqual({ dataProducers: 1, dataConsumers: 1 });
    expect(await countData(there)).toEqual({ dataProducers: 1, dataConsumers: 2 });
    const closed: unknown[] = [];
    there.node.on('downlinkClosed', ({ reason }) => closed.push(reason));
    // The first consumer belongs to the pipe.
    here.dataConsumers[0]!.emit('sctpsendbufferfull');
    expect(closed).toEqual(['overloaded', 'overloaded']);
    for (const viewer of viewers) {
      expect((await viewer.bind('data1', 'room1', data)).created).toBe(true);
    }
    viewers.forEach((viewer) => void viewer.unbind('data1'));
    expect(await countData(there)).toEqual({ dataProducers: 0, dataConsumers: 0 });
    expect(await countData(here)).toEqual({ dataProducers: 1, dataConsumers: 0 });
  });
});
