import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  memberMuteChanged,
  type PayloadOf,
  roomAdminRpc,
  roomRpc,
  type SessionRef,
} from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();
const roomId = 'a';

let session: SessionRef;
let epoch: number;
/** Keeps the room. */
beforeEach(async () => {
  await used.login(used.session('bob'), roomId);
  session = used.session('ada');
  ({ epoch } = await used.login(session, roomId));
});

async function share(streamId: string, by = session, at = epoch, channel = 0): Promise<void> {
  const { appId, userId } = by;
  await used.bus.request(roomRpc.claimStream, { session: by, nodeId: 'nd_1', streamId, channel });
  await used.bus.request(roomRpc.shareStream, {
    session: by,
    user: { userId, userName: userId },
    epoch: at,
    roomId,
    streamId,
    kinds: ['audio', 'video'],
  });
  expect(appId).toBe(used.appId);
}

const muteMember = (userId: string, muted: boolean, forSeconds?: number) =>
  used.manage(roomAdminRpc.setMemberMute, {
    ...{ appId: used.appId, roomId, userId, kind: 'audio', muted },
    ...(forSeconds === undefined ? {} : { forSeconds }),
  });
const muteStream = (streamId: string, muted: boolean) =>
  used.manage(roomAdminRpc.setStreamMute, { appId: used.appId, roomId, streamId, kind: 'audio', muted });
const read = (userId: string, streamId: string) =>
  used.bus.request(roomAdminRpc.readMutes, { appId: used.appId, roomId, userId, streamId });

const mutedFacts = () =>
  used.facts.flatMap(({ fact }) => (fact.type === 'streamMuted' ? [[fact.streamId, fact.kinds]] : []));

describe('a mute of a stream by an operator', () => {
  test('holds for its user under another stream ID and after a new login, until it is lifted', async () => {
    await share('s1');
    await muteStream('s1', true);
    expect(await read('ada', 's2')).toMatchObject({ kinds: ['audio'] });
    await used.bus.request(roomRpc.endSession, { session });
    await used.login(used.session('ada', 'se_next'), roomId);
    expect(await read('ada', 's3')).toMatchObject({ kinds: ['audio'] });
    expect((await read('bob', 's4')).kinds).toEqual([]);
    // The stream is shown no more: the room knows whose it was.
    expect(await muteStream('s1', false)).toEqual({ kinds: [] });
    expect((await read('ada', 's3')).kinds).toEqual([]);
  });

  test('notifies the room of every stream of its user, numbered without a gap', async () => {
    await share('s1');
    await share('s2', session, epoch, 1);
    const before = used.facts.length;
    await muteStream('s1', true);
    await waitFor(() => mutedFacts().length === 2, { describe: 'the facts' });
    expect(mutedFacts().sort()).toEqual([
      ['s1', ['audio']],
      ['s2', ['audio']],
    ]);
    await muteStream('s1', true);
    await muteMember('ada', false);
    await waitFor(() => mutedFacts().length === 4, { describe: 'the facts of the end' });
    const numbers = used.facts.slice(before - 1).map(({ fact }) => fact.seq);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });

  test('that the room does not show yet holds for the user who shares it', async () => {
    await muteStream('s1', true);
    expect((await read('bob', 's2')).kinds).toEqual([]);
    expect((await read('ada', 's1')).kinds).toEqual(['audio']);
    expect((await read('ada', 's2')).kinds).toEqual(['audio']);
    expect((await read('bob', 's1')).kinds).toEqual([]);
  });
});

describe('a mute of a member', () => {
  test('is announced to its gateways, and outlives the room', async () => {
    const events: PayloadOf<typeof memberMuteChanged>[] = [];
    const subscription = used.bus.subscribe(memberMuteChanged, {}, (event) => void events.push(event));
    await used.bus.flush();
    await muteMember('ada', true);
    await waitFor(() => events.length > 0, { describe: 'the event' });
    expect(events).toEqual([{ appId: used.appId, roomId, userId: 'ada' }]);
    subscription.close();
    await used.manage(roomAdminRpc.closeRoom, { appId: used.appId, roomId });
    await used.login(used.session('ada', 'se_next'), roomId);
    expect((await read('ada', 's1')).kinds).toEqual(['audio']);
  });

  test('ends with its time, and the room is notified', async () => {
    await share('s1');
    // Long enough for the first look, also on a busy machine.
    await muteMember('ada', true, 3);
    const { kinds, untilMs } = await read('ada', 's1');
    expect(kinds).toEqual(['audio']);
    expect(untilMs! - Date.now()).toBeLessThanOrEqual(3000);
    await waitFor(async () => (await read('ada', 's1')).kinds.length === 0, {
      timeoutMs: 10_000,
      describe: 'the end of the mute',
    });
    await waitFor(() => mutedFacts().length === 2, { describe: 'the facts' });
    expect(mutedFacts()).toEqual([
      ['s1', ['audio']],
      ['s1', []],
    ]);
  });

  test('is refused in a room that does not exist', async () => {
    const request = { appId: used.appId, roomId: 'nowhere', userId: 'ada', kind: 'audio' as const };
    expect(await codeOf(used.manage(roomAdminRpc.setMemberMute, { ...request, muted: true }))).toBe(1002002);
    expect(await codeOf(used.manage(roomAdminRpc.setMemberMute, { ...request, muted: false }))).toBe(0);
  });
});
