import { beforeEach, describe, expect, test } from '@jest/globals';
import { upstreamStopped } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, nodeId } from '../test/fake-cluster.js';
import { type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();

const sctpStreamParameters = { streamId: 0, ordered: true };
const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

const claim = (client: RawClient, streamId: string) =>
  client.ask('stream.publish', { streamId, roomId: 'r1' });
const produce = (client: RawClient, streamId: string) =>
  client.ask('stream.produceData', { streamId, sctpStreamParameters });

beforeEach(() => {
  used.cluster.entitlements.maxDataStreams = 2;
});

describe('data streams', () => {
  test('are claimed on separate channels, produced, and shown as data streams', async () => {
    const client = await used.connectTo('r1', 'u');
    await Promise.all([claim(client, 'd1'), claim(client, 'd2')]);
    expect((await produce(client, 'd1')).result).toEqual({
      dataProducerId: 'd1',
      maxMessageBytes: 4096,
      messagesPerSecond: 100,
    });
    expect((await client.ask('stream.share', { streamId: 'd1', roomId: 'r1' })).error).toBeUndefined();
    const requests = (method: string) =>
      used.cluster.calls.flatMap((call) => (call.method === method ? [call.request] : []));
    expect(requests('claimStream').map(({ channel }) => channel)).toEqual([4, 5]);
    expect(requests('shareStream')).toMatchObject([{ streamId: 'd1', kinds: ['data'] }]);
    expect(requests('openSession')).toMatchObject([{ data: { maxMessageBytes: 4096 } }]);
  });

  test('are limited by the AppID’s entitlement; a stopped one frees its slot', async () => {
    const client = await used.connectTo('r1', 'u');
    await claim(client, 'd1');
    await claim(client, 'd2');
    expect((await claim(client, 'd3')).error?.code).toBe(1009033);
    expect((await claim(client, 'd2')).error).toBeUndefined();
    await client.ask('stream.stopPublish', { streamId: 'd1' });
    expect((await claim(client, 'd3')).error).toBeUndefined();
  });

  test('are refused without the entitlement, and sessions carry no data', async () => {
    used.cluster.entitlements.maxDataStreams = 0;
    const client = await used.connectTo('r1', 'u');
    expect((await claim(client, 'd1')).error?.code).toBe(1009033);
    expect(used.cluster.calls.find(({ method }) => method === 'openSession')?.request).not.toHaveProperty(
      'data',
    );
  });

  test('cannot be combined with audio and video', async () => {
    const client = await used.connectTo('r1', 'u');
    await claim(client, 'd1');
    await client.ask('stream.publish', { streamId: 's1', channel: 0, roomId: 'r1' });
    const asked = [
      await client.ask('stream.produce', { streamId: 'd1', kind: 'audio', rtpParameters: rtp }),
      await produce(client, 's1'),
      await claim(client, 's1'),
      await client.ask('stream.publish', { streamId: 'd1', channel: 1, roomId: 'r1' }),
    ];
    expect(asked.map(({ error }) => error?.code)).toEqual([1190302, 1009034, 1009034, 1003028]);
  });

  test('need the same rights as other streams', async () => {
    used.cluster.grants = { rooms: [{ roomId: 'r1', rights: ['login'] }] };
    const client = await used.connectTo('r1', 'u');
    expect((await claim(client, 'd1')).error?.code).toBe(1002082);
    const playing = { streamId: 'd1', roomId: 'r1', rtpCapabilities: {}, data: true };
    expect((await client.ask('stream.play', playing)).error?.code).toBe(1004025);
    expect((await client.ask('stream.play', { ...playing, roomId: 'r2' })).error?.code).toBe(1002002);
  });

  test.each([{}, { streamId: 70_000 }, { streamId: 0, ordered: false }, { streamId: 0, maxRetransmits: 1 }])(
    'are refused parameters like %p',
    async (parameters) => {
      const client = await used.connectTo('r1', 'u');
      await claim(client, 'd1');
      const asking = { streamId: 'd1', sctpStreamParameters: parameters };
      expect((await client.ask('stream.produceData', asking)).error).toBeDefined();
      expect(used.cluster.countCalls('produceData')).toBe(0);
    },
  );

  test('that a media node has stopped are released, and the client receives the reason', async () => {
    const client = await used.connectTo('r1', 'u');
    await claim(client, 'd1');
    const [call] = used.cluster.calls.filter(({ method }) => method === 'claimStream');
    const session = call!.request['session'] as { appId: number; userId: string; sessionId: string };
    used.cluster.bus.publish(
      upstreamStopped,
      {},
      { session: { ...session, appId }, nodeId, streamId: 'd1', reason: 'tooFast' },
    );
    await client.waitForEvent('stream.stopped');
    expect(client.events('stream.stopped')).toEqual([{ streamId: 'd1', code: 1009015 }]);
    await waitFor(() => used.cluster.countCalls('releaseStream') === 1, {
      timeoutMs: 5000,
      describe: 'the claim to be released',
    });
  });
});
