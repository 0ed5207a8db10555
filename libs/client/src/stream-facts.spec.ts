import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { Client, type ClientEvents } from './index.js';
import { applyBitrate } from './publish/bitrates.js';

const user = { userId: 'me', userName: 'Me' };
const place = { roomId: 'room1', roomEpoch: 'epoch' };
let server: ProtocolServer;
let client: Client;
let sending: ReturnType<typeof watchSending>;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  sending = watchSending();
  client = new Client({ appId: 1, server: server.url, handlerFactory: sending.handlerFactory });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const stream = () => server.snapshotOf('room1').streams[0]!;

function record<Name extends keyof ClientEvents>(name: Name): ClientEvents[Name][0][] {
  const events: ClientEvents[Name][0][] = [];
  client.on(name, (...args) => events.push(args[0]));
  return events;
}

describe('a stream of another user', () => {
  test('carries its mutes from the join on, and reports what changes', async () => {
    const snapshot = { ...server.snapshotOf('room1'), streams: [{ ...stream(), mutedKinds: ['video'] }] };
    server.replaced.set('room.login', (call) => {
      const answer = server.answer(call) as { result: object };
      return { result: { ...answer.result, snapshot } };
    });
    const [added, changed] = [record('streamsAdded'), record('streamChanged')];
    await client.join('room1', { user });
    expect(added[0]!.streams).toMatchObject([{ streamId: 'cam-room1', mutedKinds: ['video'] }]);
    server.send('room.streamChanged', {
      ...{ ...place, seq: 11 },
      stream: { ...stream(), mutedKinds: ['video'], extraInfo: 'text' },
    });
    server.send('room.streamMuted', { ...place, seq: 12, streamId: 'cam-room1', kinds: ['audio'] });
    server.send('room.streamMuted', { ...place, seq: 13, streamId: 'cam-room1', kinds: [] });
    await waitFor(() => changed.length === 3, { describe: 'the changes' });
    expect(
      changed.map(({ former, stream: { extraInfo, mutedKinds } }) => [
        former.mutedKinds,
        mutedKinds,
        extraInfo,
      ]),
    ).toEqual([
      [['video'], ['video'], 'text'],
      [['video'], ['audio', 'video'], 'text'],
      [['audio', 'video'], ['video'], 'text'],
    ]);
    expect(client.streams('room1')).toMatchObject([{ extraInfo: 'text', mutedKinds: ['video'] }]);
  });

  test('that changed during an outage is reported as changed', async () => {
    const changed = record('streamChanged');
    await client.join('room1', { user });
    server.replaced.set('room.getSnapshot', () => ({
      result: { ...server.snapshotOf('room1'), seq: 20, streams: [{ ...stream(), mutedKinds: ['audio'] }] },
    }));
    server.send('room.gap', { roomId: 'room1' });
    await waitFor(() => changed.length === 1, { describe: 'the change' });
    expect(changed).toMatchObject([{ roomId: 'room1', stream: { mutedKinds: ['audio'] } }]);
  });
});

test('a member who leaves before the answer to a gap arrives does not return with it', async () => {
  await client.join('room1', { user });
  server.replaced.set('room.getSnapshot', () => {
    const members = [{ userId: 'me', userName: 'Me' }];
    server.replaced.set('room.getSnapshot', () => ({
      result: { ...server.snapshotOf('room1'), seq: 12, members },
    }));
    const users = [{ userId: 'other', userName: 'Other' }];
    server.send('room.userUpdate', { ...place, seq: 12, update: 'delete', users });
    return { result: { ...server.snapshotOf('room1'), seq: 11 } };
  });
  const left = record('membersLeft');
  server.send('room.gap', { roomId: 'room1' });
  await waitFor(() => server.callsOf('room.getSnapshot').length === 2, { describe: 'a later snapshot' });
  await client.setAttribute('room1', 'key', 'value');
  expect(left).toHaveLength(1);
  expect(client.members('room1')).toEqual([]);
});

describe('the text of an own stream', () => {
  test('is shown with the stream, changes, and stays when it is refused', async () => {
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera(), extraInfo: 'first' });
    expect(server.callsOf('stream.share')).toMatchObject([{ extraInfo: 'first' }]);
    await client.setExtraInfo('cam', 'second');
    expect(server.callsOf('stream.setExtraInfo')).toEqual([{ streamId: 'cam', extraInfo: 'second' }]);
    server.replaced.set('stream.setExtraInfo', () => ({ error: 'IM_MESSAGE_REFUSED' }));
    await expect(client.setExtraInfo('cam', 'rude')).rejects.toMatchObject({ code: 1190501 });
    await client.join('room2', { user });
    await client.share('cam', 'room2');
    expect(server.callsOf('stream.share').at(-1)).toMatchObject({ roomId: 'room2', extraInfo: 'second' });
  });

  test('that is set during an outage is shown after it', async () => {
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    const resume = server.hold('session.resume');
    server.dropAll();
    await waitFor(() => client.dump().rooms[0]?.state === 'reconnecting', { describe: 'the outage' });
    await client.setExtraInfo('cam', 'later');
    resume();
    await waitFor(() => server.callsOf('stream.share').length === 2, {
      timeoutMs: 10_000,
      describe: 'the stream to return',
    });
    expect(server.callsOf('stream.share').at(-1)).toMatchObject({ extraInfo: 'later' });
  });

  test.each<[unknown, number]>([
    ['é'.repeat(513), 1003051],
    [undefined, 1003050],
  ])('is checked', async (text, code) => {
    await client.join('room1', { user });
    const media = newCamera();
    await client.publish('cam', { roomId: 'room1', media });
    await expect(client.setExtraInfo('cam', text as string)).rejects.toMatchObject({
      code,
      details: { path: 'extraInfo' },
    });
    await expect(client.setExtraInfo('other', 'x')).rejects.toMatchObject({ code: 1003001 });
  });
});

describe('a removed track', () => {
  test('mutes its kind until another track brings it back', async () => {
    const media = newCamera();
    const changes = record('publicationChanged');
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media });
    const [, video] = media.getTracks();
    await client.removeTrack(media, video!);
    await waitFor(() => sending.kinds().join() === 'audio', { describe: 'audio only' });
    expect(changes.at(-1)).toMatchObject({ state: 'active', endedKinds: ['video'] });
    await waitFor(() => server.callsOf('stream.mute').length === 1, { describe: 'the report' });
    await client.replaceTrack(media, newCamera().getTracks()[1]!);
    await waitFor(() => sending.kinds().length === 2, { describe: 'the video' });
    expect(server.callsOf('stream.mute').map(({ kind, muted }) => [kind, muted])).toEqual([
      ['video', true],
      ['video', false],
    ]);
  });

  test('that is the last one ends the stream, and one of another stream is refused', async () => {
    const media = newCamera();
    const changes = record('publicationChanged');
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media });
    const [audio, video] = media.getTracks();
    await client.removeTrack(media, audio!);
    await client.removeTrack(media, video!);
    expect(changes.at(-1)).toMatchObject({ state: 'ended', roomIds: ['room1'] });
    await expect(client.removeTrack(media, video!)).rejects.toMatchObject({
      code: 1000017,
      details: { path: 'track' },
    });
  });
});

describe('a muted or limited stream of another user', () => {
  test('is silent at once, and the servers stop sending it, after a reconnection too', async () => {
    await client.join('room1', { user });
    const mediaStream = await client.subscribe('cam-room1', { roomId: 'room1' });
    client.muteSubscription('cam-room1', 'video', true);
    expect(mediaStream.getTracks().map(({ enabled }) => enabled)).toEqual([true, false]);
    client.limitVideo('cam-room1', 0);
    await waitFor(() => server.callsOf('stream.limit').length === 2, { describe: 'the limits' });
    expect(server.callsOf('stream.limit')).toEqual([
      { streamId: 'cam-room1', kinds: ['audio'] },
      { streamId: 'cam-room1', kinds: ['audio'], maxLayer: 0 },
    ]);
    server.dropAll();
    await waitFor(() => server.callsOf('stream.limit').length === 3, {
      timeoutMs: 10_000,
      describe: 'the limit of the new session',
    });
    client.muteSubscription('cam-room1', 'video', false);
    client.limitVideo('cam-room1');
    await waitFor(() => server.callsOf('stream.limit').at(-1)!['maxLayer'] === undefined, {
      describe: 'the end of the limits',
    });
    expect(server.callsOf('stream.limit').at(-1)).toEqual({
      streamId: 'cam-room1',
      kinds: ['audio', 'video'],
    });
    expect(() => client.limitVideo('cam-room1', 3 as 2)).toThrow(expect.objectContaining({ code: 1000017 }));
  });
});

describe('the bitrate of a stream', () => {
  test('limits the largest layer, and the smaller ones in proportion', async () => {
    const parameters = { encodings: [{}, {}, {}] };
    const set: unknown[] = [];
    const rtpSender = {
      getParameters: () => parameters,
      setParameters: async (given: unknown) => void set.push(structuredClone(given)),
    } as unknown as RTCRtpSender;
    await applyBitrate({ closed: false, kind: 'video', rtpSender }, { video: 900_000, audio: 1 });
    await applyBitrate({ closed: false, kind: 'audio', rtpSender }, { video: 900_000 });
    expect(set).toEqual([
      { encodings: [{ maxBitrate: 100_000 }, { maxBitrate: 300_000 }, { maxBitrate: 900_000 }] },
    ]);
  });

  test('is checked', async () => {
    await client.join('room1', { user });
    const options = { roomId: 'room1', media: newCamera() };
    await expect(client.publish('cam', { ...options, maxBitrates: { video: 0 } })).rejects.toMatchObject({
      code: 1000017,
      details: { path: 'options.maxBitrates.video' },
    });
    await client.publish('cam', { ...options, maxBitrates: { video: 500_000 } });
    await expect(client.limitBitrate('cam', 'data' as 'audio', 1)).rejects.toMatchObject({
      details: { path: 'kind' },
    });
    await client.limitBitrate('cam', 'video', 300_000);
  });
});
