import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type PayloadOf,
  playingForbidden,
  roomAdminRpc,
  roomDirectoryRpc,
  roomRpc,
  type SessionRef,
  streamWithdrawn,
} from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { HeldCommand } from '../../test/held-command.js';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();
const forbidden = { publish: 1003025, play: 1004025 };

let session: SessionRef;
const epochs = new Map<string, number>();
beforeEach(async () => {
  session = used.session('ada');
  for (const [index, roomId] of ['a', 'b'].entries()) {
    await used.login(used.session('bob'), roomId, { opens: index === 0 });
    epochs.set(roomId, (await used.login(session, roomId, { opens: index === 0 })).epoch);
  }
});

async function share(streamId: string, roomId: string): Promise<unknown> {
  const { userId } = session;
  await used.bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId, channel: 0 });
  return used.bus.request(roomRpc.shareStream, {
    ...{ session, roomId, streamId, kinds: ['audio'], epoch: epochs.get(roomId)! },
    user: { userId, userName: userId },
  });
}

const locate = (streamId: string, roomId: string) =>
  used.bus.request(roomRpc.locateStream, { session, roomId, epoch: epochs.get(roomId)!, streamId });

const ban = (privilege: 'publish' | 'play', roomId?: string, forMs = 60_000) =>
  used.manage(roomAdminRpc.setBan, {
    ...{ appId: used.appId, userId: 'ada', privilege, forMs },
    ...(roomId === undefined ? {} : { roomId }),
  });

const streamsOf = async (roomId: string) =>
  (await used.manage(roomAdminRpc.listRoomStreams, { appId: used.appId, roomId })).streams;

function watch() {
  const withdrawn: PayloadOf<typeof streamWithdrawn>[] = [];
  const subscription = used.bus.subscribe(streamWithdrawn, {}, (event) => void withdrawn.push(event));
  return { withdrawn, close: () => subscription.close() };
}

describe('a ban from publishing', () => {
  test('in one room removes the streams there, and refuses new ones until it is lifted', async () => {
    await share('s1', 'a');
    await share('s1', 'b');
    const { withdrawn, close } = watch();
    await used.bus.flush();
    await ban('publish', 'a');
    expect(await streamsOf('a')).toEqual([]);
    expect(await streamsOf('b')).toMatchObject([{ streamId: 's1' }]);
    await waitFor(() => withdrawn.length > 0, { describe: 'the event' });
    expect(withdrawn).toEqual([{ session, streamId: 's1', roomIds: ['a'] }]);
    expect(used.facts.at(-1)).toMatchObject({
      roomId: 'a',
      fact: { type: 'streamRemoved', reason: 6, stream: { streamId: 's1' } },
    });
    expect(await codeOf(share('s1', 'a'))).toBe(forbidden.publish);
    expect(await used.placesOf('ada')).toEqual(['a', 'b']);
    await ban('publish', 'a', 0);
    expect(await codeOf(share('s1', 'a'))).toBe(0);
    close();
  });

  test('in all rooms ends the streams', async () => {
    await share('s1', 'a');
    const { withdrawn, close } = watch();
    await used.bus.flush();
    await ban('publish');
    await waitFor(() => withdrawn.length > 0, { describe: 'the event' });
    expect(withdrawn).toEqual([{ session, streamId: 's1', roomIds: ['a'] }]);
    const { streams } = await used.manage(roomAdminRpc.listUserStreams, { appId: used.appId, userId: 'ada' });
    expect(streams).toEqual([]);
    expect(await codeOf(share('s2', 'b'))).toBe(forbidden.publish);
    close();
  });
});

describe('a share that is checked before a withdrawal, and shown after it', () => {
  const hold = () =>
    HeldCommand.after(
      used.instances.map(({ store }) => store.bans),
      'forbids',
      (appId) => appId === used.appId,
    );

  test('shows nothing after a ban', async () => {
    const held = hold();
    const shared = codeOf(share('s1', 'a'));
    await held.whenHeld();
    await ban('publish', 'a');
    held.go();
    expect(await shared).toBe(forbidden.publish);
    expect(await streamsOf('a')).toEqual([]);
  });

  test('shows nothing after the stream is stopped', async () => {
    const held = hold();
    const shared = codeOf(share('s1', 'a'));
    await held.whenHeld();
    await used.manage(roomAdminRpc.stopStream, { appId: used.appId, streamId: 's1' });
    held.go();
    expect(await shared).toBe(forbidden.publish);
    expect(await streamsOf('a')).toEqual([]);
  });
});

test('a ban from playing refuses the streams of the room, and tells the gateway', async () => {
  await share('s1', 'a');
  await share('s1', 'b');
  const events: PayloadOf<typeof playingForbidden>[] = [];
  const subscription = used.bus.subscribe(playingForbidden, {}, (event) => void events.push(event));
  await used.bus.flush();
  await ban('play', 'a');
  expect(await codeOf(locate('s1', 'a'))).toBe(forbidden.play);
  expect(await codeOf(locate('s1', 'b'))).toBe(0);
  await waitFor(() => events.length > 0, { describe: 'the event' });
  expect(events).toEqual([{ appId: used.appId, userId: 'ada', roomId: 'a' }]);
  const { bans } = await used.manage(roomAdminRpc.listBans, { appId: used.appId });
  await used.manage(roomAdminRpc.liftBan, { appId: used.appId, banId: bans[0]!.banId });
  expect(await codeOf(locate('s1', 'a'))).toBe(0);
  subscription.close();
});

test('a stream that is announced for another user is not taken over, one for the publisher is', async () => {
  const announce = (streamId: string, userId: string) =>
    used.manage(roomDirectoryRpc.announceStream, {
      ...{ appId: used.appId, roomId: 'a', streamId },
      user: { userId, userName: userId },
    });
  await announce('s1', 'bob');
  await announce('s2', 'ada');
  expect(await codeOf(share('s1', 'a'))).toBe(1003028);
  const shown = (await streamsOf('a')).map(({ streamId, user }) => `${streamId} of ${user.userId}`);
  expect(shown.sort()).toEqual(['s1 of bob', 's2 of ada']);
  // The refused share leaves its claim, and with it the channel.
  await used.bus.request(roomRpc.releaseStream, { session, streamId: 's1' });
  expect(await codeOf(share('s2', 'a'))).toBe(0);
  // Members know the announced stream: they would ignore that it is added again.
  await waitFor(() => used.facts.some(({ fact }) => fact.type === 'streamChanged'), {
    describe: 'the stream of the session',
  });
  expect(used.facts.filter(({ fact }) => fact.type === 'streamAdded')).toHaveLength(2);
});

test('a stream that is stopped ends in all rooms; its publisher may publish it again', async () => {
  await share('s1', 'a');
  await share('s1', 'b');
  const stop = () => used.manage(roomAdminRpc.stopStream, { appId: used.appId, streamId: 's1' });
  expect((await stop()).roomIds.sort()).toEqual(['a', 'b']);
  expect([await streamsOf('a'), await streamsOf('b')]).toEqual([[], []]);
  expect(await codeOf(stop())).toBe(1004002);
  expect(await codeOf(share('s1', 'a'))).toBe(0);
});
