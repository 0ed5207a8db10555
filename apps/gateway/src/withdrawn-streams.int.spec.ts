import { expect, test } from '@jest/globals';
import { playingForbidden, streamWithdrawn } from '@polyroom/contracts';
import { type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();
const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
const code = 1003025;

async function ask(client: RawClient, method: string, params: object): Promise<void> {
  expect((await client.ask(method, params)).error).toBeUndefined();
}

/** Shows `s1` in `r1` and `r2`. */
async function connectPublisher(): Promise<RawClient> {
  const client = await used.connectTo('r1', 'u');
  await client.login('r2', 'u');
  await ask(client, 'stream.publish', { streamId: 's1', roomId: 'r1', channel: 0 });
  await ask(client, 'stream.produce', { streamId: 's1', kind: 'audio', rtpParameters: rtp });
  await ask(client, 'stream.share', { streamId: 's1', roomId: 'r1' });
  await ask(client, 'stream.share', { streamId: 's1', roomId: 'r2' });
  return client;
}

function sessionOf(): { appId: number; userId: string; sessionId: string } {
  const { request } = used.cluster.calls.find(({ method }) => method === 'login')!;
  return (request as { session: ReturnType<typeof sessionOf> }).session;
}

function withdraw(...roomIds: string[]): void {
  const withdrawn = { session: sessionOf(), streamId: 's1', roomIds };
  used.cluster.bus.publish(streamWithdrawn, {}, withdrawn);
}

test('a stream that is taken out of a room continues in others, and one of no room is stopped', async () => {
  const client = await connectPublisher();
  withdraw('r1');
  await client.waitForEvent('stream.unshared');
  expect(client.events('stream.unshared')).toEqual([{ streamId: 's1', roomId: 'r1', code }]);
  expect(used.cluster.countCalls('closeUpstream')).toBe(0);
  withdraw('r2');
  await client.waitForEvent('stream.stopped');
  expect(client.events('stream.stopped')).toEqual([{ streamId: 's1', code }]);
  expect(used.cluster.countCalls('closeUpstream')).toBe(1);
});

test('a stream that was shared again since its withdrawal continues there', async () => {
  const client = await connectPublisher();
  // As if `r2` had been shared after the room service took the stream out of `r1`, its only room.
  withdraw('r1');
  await client.waitForEvent('stream.unshared');
  expect(client.events('stream.unshared')).toEqual([{ streamId: 's1', roomId: 'r1', code }]);
  expect(client.events('stream.stopped')).toEqual([]);
  expect(used.cluster.countCalls('closeUpstream')).toBe(0);
  withdraw('r2');
  await client.waitForEvent('stream.stopped');
  expect(used.cluster.countCalls('closeUpstream')).toBe(1);
});

test('a user that may no longer play in a room loses what it plays there', async () => {
  await connectPublisher();
  const viewer = await used.connectTo('r1', 'v');
  await viewer.login('r2', 'v');
  for (const roomId of ['r1', 'r2']) {
    await ask(viewer, 'stream.play', { streamId: 's1', roomId, rtpCapabilities: {} });
  }
  const { appId } = sessionOf();
  const forbid = (userId: string, roomId: string) =>
    used.cluster.bus.publish(playingForbidden, {}, { appId, userId, roomId });
  forbid('another', 'r1');
  forbid('v', 'r3');
  forbid('v', 'r1');
  await viewer.waitForEvent('stream.playUpdate');
  expect(viewer.events('stream.playUpdate')).toEqual([
    { streamId: 's1', roomIds: ['r2'], closed: false, reason: 'forbidden' },
  ]);
});
