import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RoomSnapshot, roomAdminRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';

const timeoutMs = 10_000;
const streamId = 'cam';
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;
let gateway: TestGateway;
let other: TestGateway;
let nodeCount = 0;
let ada: TestClient;
let bob: TestClient;

beforeAll(async () => {
  world = await SessionWorld.start();
});
beforeEach(async () => {
  [gateway, other] = [await world.addGateway(), await world.addGateway()];
  nodeCount += 1;
  await world.addNode(`nd_f${nodeCount}`);
  await world.nodesKnown();
  ({ client: bob } = await world.login(other, 'bob', ['r1', 'r2']));
  ({ client: ada } = await world.login(gateway, 'ada', ['r1', 'r2']));
  await ada.call('stream.publish', { streamId, channel: 0, roomId: 'r1' });
  await ada.call('stream.produce', { streamId, kind: 'audio', rtpParameters });
});
afterEach(() => world.clear());
afterAll(() => world?.close());

/** What a member has received of the stream's changes, as `room kinds text`. */
const changesAt = (client: TestClient): string[] =>
  client
    .eventsOf('room.streamChanged')
    .map(({ roomId, stream }) => `${roomId} ${stream.mutedKinds?.join() ?? '-'} ${stream.extraInfo}`.trim());

const whenChanged = (client: TestClient, changes: string[]) =>
  waitFor(() => changesAt(client).length >= changes.length, { timeoutMs, describe: 'the changes' }).then(() =>
    expect([...changesAt(client)].sort()).toEqual(changes.sort()),
  );

const mute = (muted: boolean, roomId?: string) =>
  ada.call('stream.mute', {
    ...{ streamId, kind: 'audio', muted },
    ...(roomId === undefined ? {} : { roomId }),
  });

const share = (roomId: string, extraInfo?: string) =>
  ada.call('stream.share', { streamId, roomId, ...(extraInfo === undefined ? {} : { extraInfo }) });

async function snapshotOf(roomId: string): Promise<RoomSnapshot['streams']> {
  const { client } = await world.login(other, 'late', [roomId]);
  return (await client.call('room.getSnapshot', { roomId })).streams;
}

describe('a mute by the publisher', () => {
  test('reaches the members of all rooms, and those who join later', async () => {
    await share('r1');
    await share('r2');
    await mute(true);
    await whenChanged(bob, ['r1 audio', 'r2 audio']);
    expect(await snapshotOf('r2')).toMatchObject([{ streamId, mutedKinds: ['audio'] }]);
    await mute(false);
    await whenChanged(bob, ['r1 audio', 'r2 audio', 'r1 -', 'r2 -']);
    expect((await snapshotOf('r1'))[0]).not.toHaveProperty('mutedKinds');
    // The publisher knows.
    expect(changesAt(ada)).toEqual([]);
  });

  test('in one room is announced there only', async () => {
    await share('r1');
    await share('r2');
    await mute(true, 'r2');
    await mute(true, 'r2');
    await whenChanged(bob, ['r2 audio']);
    expect((await snapshotOf('r1'))[0]).not.toHaveProperty('mutedKinds');
  });

  test('before the share is part of the stream that the members get', async () => {
    await mute(true);
    await share('r1');
    // The former session of the user has left a stream.
    const added = () => bob.eventsOf('room.streamUpdate').filter(({ update }) => update === 'add');
    await waitFor(() => added().length === 1, { timeoutMs, describe: 'the stream' });
    expect(added()[0]!.streams).toMatchObject([{ mutedKinds: ['audio'] }]);
    expect(changesAt(bob)).toEqual([]);
  });

  test('is refused with 1009015 above 20 a second', async () => {
    const codes = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        ada.codeOf('stream.mute', { streamId, kind: 'audio', muted: index % 2 === 0 }),
      ),
    );
    expect(new Set(codes)).toEqual(new Set([0, 1009015]));
    expect(codes.filter((code) => code === 0).length).toBeGreaterThanOrEqual(20);
  });
});

test('a stopped stream is removed for the members of each of its rooms', async () => {
  await share('r1');
  await share('r2');
  await ada.call('stream.stopPublish', { streamId });
  const removed = () =>
    bob
      .eventsOf('room.streamUpdate')
      // 1: stopped by the user; others are those of former sessions.
      .filter(({ reason, update }) => update === 'delete' && reason === 1);
  await waitFor(() => new Set(removed().map(({ roomId }) => roomId)).size === 2, {
    timeoutMs,
    describe: 'the deletion in both rooms',
  });
  expect(removed().map(({ streams }) => streams[0]!.streamId)).toEqual([streamId, streamId]);
});

test('a mute by an operator reaches its user, and is part of the stream for members who join later', async () => {
  const muteStream = (muted: boolean) =>
    world.manage(roomAdminRpc.setStreamMute, { ...{ appId, roomId: 'r1', streamId, kind: 'audio' }, muted });
  await share('r1');
  await muteStream(true);
  await waitFor(() => ada.eventsOf('room.streamMuted').length === 1, { timeoutMs, describe: 'the mute' });
  expect(ada.eventsOf('room.streamMuted')).toMatchObject([{ streamId, kinds: ['audio'] }]);
  expect(await snapshotOf('r1')).toMatchObject([{ operatorMutedKinds: ['audio'] }]);
  // Shown again while the mute holds.
  await share('r2');
  await ada.call('stream.unshare', { streamId, roomId: 'r1' });
  await share('r1');
  expect(await snapshotOf('r1')).toMatchObject([{ operatorMutedKinds: ['audio'] }]);
  await muteStream(false);
  expect((await snapshotOf('r1'))[0]).not.toHaveProperty('operatorMutedKinds');
});

describe('the text of a stream', () => {
  test('reaches the members of all rooms, and those who join later', async () => {
    await share('r1', 'first');
    await share('r2');
    await ada.call('stream.setExtraInfo', { streamId, extraInfo: 'second' });
    await whenChanged(bob, ['r1 - second', 'r2 - second']);
    await ada.call('stream.setExtraInfo', { streamId, extraInfo: 'third', roomId: 'r2' });
    await whenChanged(bob, ['r1 - second', 'r2 - second', 'r2 - third']);
    expect(await snapshotOf('r2')).toMatchObject([{ streamId, extraInfo: 'third' }]);
  });

  test('stays when the stream is shared again without one, and changes with another one', async () => {
    await share('r1', 'first');
    await share('r1');
    await share('r1', 'second');
    await whenChanged(bob, ['r1 - second']);
  });

  test.each<[string, { streamId?: string; extraInfo?: string; roomId?: string }, number]>([
    ['of a stream that is not published', { streamId: 'nothing' }, 1003001],
    ['in a room that does not show it', { roomId: 'r2' }, 1003001],
    ['in an empty room', { roomId: '' }, 1003071],
    ['longer than 1024 bytes', { extraInfo: 'é'.repeat(513) }, 1003051],
  ])('%s is refused', async (_, params, code) => {
    await share('r1');
    expect(await ada.codeOf('stream.setExtraInfo', { streamId, extraInfo: 'x', ...params })).toBe(code);
  });

  test('of a stream that no room shows is refused', async () => {
    expect(await ada.codeOf('stream.setExtraInfo', { streamId, extraInfo: 'x' })).toBe(1003001);
  });
});
