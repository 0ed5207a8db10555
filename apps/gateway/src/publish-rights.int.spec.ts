import { beforeEach, describe, expect, test } from '@jest/globals';
import { type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();

const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
const sctpStreamParameters = { streamId: 0, ordered: true };

beforeEach(() => {
  used.cluster.entitlements.maxDataStreams = 2;
});

/**
 * In `r1`, where it may publish any stream, and in `r2`, whose token names another stream; sends `s1` and
 * `d1`.
 */
async function connectPublisher(): Promise<RawClient> {
  const client = await used.connectTo('r1', 'u');
  used.cluster.grants = { streams: ['other'] };
  await client.login('r2', 'u', { token: 't' });
  await ask(client, 'stream.publish', { streamId: 's1', roomId: 'r1', channel: 0 });
  await ask(client, 'stream.publish', { streamId: 'd1', roomId: 'r1' });
  await ask(client, 'stream.produce', { streamId: 's1', kind: 'audio', rtpParameters: rtp });
  await ask(client, 'stream.produceData', { streamId: 'd1', sctpStreamParameters });
  return client;
}

async function ask(client: RawClient, method: string, params: object): Promise<void> {
  expect((await client.ask(method, params)).error).toBeUndefined();
}

describe('a stream ID that the token of a room does not grant', () => {
  test.each([
    ['stream.publish', { streamId: 's2', roomId: 'r2', channel: 1 }],
    ['stream.publish', { streamId: 'd2', roomId: 'r2' }],
    ['stream.share', { streamId: 's1', roomId: 'r2' }],
    ['stream.share', { streamId: 'd1', roomId: 'r2' }],
  ])('is refused in that room with 1002082: %s %p', async (method, params) => {
    const client = await connectPublisher();
    expect((await client.ask(method, params)).error).toMatchObject({
      code: 1002082,
      details: { roomId: 'r2', streamId: params.streamId },
    });
    await ask(client, 'stream.share', { streamId: 's1', roomId: 'r1' });
  });

  test.each([
    ['stream.produce', { streamId: 's1', kind: 'video', rtpParameters: rtp }],
    ['stream.produceData', { streamId: 'd1', sctpStreamParameters }],
    ['stream.republish', { streamId: 's1' }],
    ['stream.republish', { streamId: 'd1' }],
  ])('ends when the room that allowed it is left: %s %p', async (method, params) => {
    const client = await connectPublisher();
    await ask(client, method, params);
    await ask(client, 'room.logout', { roomId: 'r1' });
    const calls = used.cluster.calls.length;
    expect((await client.ask(method, params)).error?.code).toBe(1002082);
    // A busy node that has not reported for a while is pinged at any time.
    expect(used.cluster.calls.slice(calls).filter((call) => call.method !== 'ping')).toEqual([]);
  });

  test('is refused after a switch to that room', async () => {
    const client = await connectPublisher();
    await ask(client, 'stream.share', { streamId: 's1', roomId: 'r1' });
    await ask(client, 'room.switch', { fromRoomId: 'r1', toRoomId: 'r3', token: 't' });
    for (const [method, params] of [
      ['stream.share', { streamId: 's1', roomId: 'r3' }],
      ['stream.produce', { streamId: 's1', kind: 'video', rtpParameters: rtp }],
      ['stream.republish', { streamId: 's1' }],
    ] as const) {
      expect((await client.ask(method, params)).error?.code).toBe(1002082);
    }
  });
});
