import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { roomAdminRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';

const timeoutMs = 10_000;
const roomId = 'r1';
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;
let gateway: TestGateway;
let nodeCount = 0;

beforeAll(async () => {
  world = await SessionWorld.start();
});
beforeEach(async () => {
  gateway = await world.addGateway();
  nodeCount += 1;
  await world.addNode(`nd_m${nodeCount}`);
  await world.nodesKnown();
  // Keeps the room.
  await world.login(gateway, 'bob', [roomId]);
});
afterEach(() => world.clear());
afterAll(() => world?.close());

const setMute = (muted: boolean, forSeconds?: number) =>
  world.manage(roomAdminRpc.setMemberMute, {
    ...{ appId, roomId, userId: 'ada', kind: 'audio', muted },
    ...(forSeconds === undefined ? {} : { forSeconds }),
  });

async function produce(client: TestClient, streamId: string): Promise<void> {
  const channel = client.session.upstreams.length;
  await client.call('stream.publish', { streamId, channel, roomId });
  await client.call('stream.produce', { streamId, kind: 'audio', rtpParameters });
}

/** The muted kinds in the answer to the share. */
async function share(client: TestClient, streamId: string): Promise<string[]> {
  return (await client.call('stream.share', { streamId, roomId })).mutedKinds ?? [];
}

const isMuted = (client: TestClient, streamId: string): boolean =>
  client.session.getUpstream(streamId).isMutedIn(roomId, 'audio');

const whenMuted = (client: TestClient, streamId: string, muted = true) =>
  waitFor(() => isMuted(client, streamId) === muted, { timeoutMs, describe: `${streamId} muted: ${muted}` });

test('an operator’s mute applies to all streams of the user, those shared later and from a new session', async () => {
  const { client } = await world.login(gateway, 'ada', [roomId]);
  await produce(client, 'm1');
  expect(await share(client, 'm1')).toEqual([]);
  await world.manage(roomAdminRpc.setStreamMute, {
    ...{ appId, roomId, streamId: 'm1', kind: 'audio', muted: true },
  });
  await whenMuted(client, 'm1');
  await client.call('stream.stopPublish', { streamId: 'm1' });
  await produce(client, 'm2');
  expect(await share(client, 'm2')).toEqual(['audio']);
  expect(isMuted(client, 'm2')).toBe(true);
  const { client: next } = await world.login(gateway, 'ada', [roomId]);
  await produce(next, 'm3');
  expect(await share(next, 'm3')).toEqual(['audio']);
  expect(isMuted(next, 'm3')).toBe(true);
  await setMute(false);
  await whenMuted(next, 'm3', false);
});

test('a mute that comes while a stream is being shared applies to it', async () => {
  const { client } = await world.login(gateway, 'ada', [roomId]);
  await produce(client, 's1');
  // The room does not show the stream yet, so that no fact names it.
  await setMute(true);
  await whenMuted(client, 's1');
  await setMute(false);
  await whenMuted(client, 's1', false);
});

test('a mute for a time ends by itself', async () => {
  const { client } = await world.login(gateway, 'ada', [roomId]);
  await produce(client, 't1');
  await share(client, 't1');
  await setMute(true, 1);
  await whenMuted(client, 't1');
  await whenMuted(client, 't1', false);
});
