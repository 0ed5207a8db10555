import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { ProtocolServer } from '@polyroom/testing/client';
import { type Browser } from 'playwright-core';
import { BuiltPage, type ReactPage } from '../test/react-page.js';
import { type Shown } from '../test/shown.js';

let browser: Browser;
let built: BuiltPage;
let server: ProtocolServer;
let opened: ReactPage;

beforeAll(async () => {
  [browser, built] = await Promise.all([
    // As browsers of users are: no audio before a gesture.
    launchBrowser({ args: ['--autoplay-policy=document-user-activation-required'] }),
    BuiltPage.build(process.env),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
beforeEach(async () => {
  server = await ProtocolServer.start();
  opened = await built.open(browser);
});
afterEach(async () => {
  expect(opened.problems).toEqual([]);
  await opened.close();
  await server.close();
});

const show = (shown: Omit<Shown, 'server'>): Promise<void> => opened.show({ server: server.url, ...shown });
const methods = (): string[] =>
  server.calls.map(({ method }) => method).filter((name) => /^room\.log/.test(name));

function waitForText(selector: string, text: string): Promise<unknown> {
  let last = '';
  return waitFor(
    async () => {
      last = await opened.textOf(selector);
      return last.includes(text);
    },
    { timeoutMs: 15_000, describe: `"${text}" in ${selector}` },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it is "${last}"`, { cause: error });
  });
}

const roomText = (roomId: string): string => `[data-room="${roomId}"] output`;
const callsOf = (name: Parameters<ProtocolServer['callsOf']>[0], count: number): Promise<unknown> =>
  waitFor(() => server.callsOf(name).length === count, { timeoutMs: 15_000, describe: `${count} × ${name}` });

describe('useRoom', () => {
  test('enters a room once for all components, in Strict Mode too, and leaves it after the last', async () => {
    await show({ rooms: [{ roomId: 'stage' }, { roomId: 'stage' }] });
    await waitForText(roomText('stage'), 'joined 0; members other');
    await show({ rooms: [{ roomId: 'stage' }] });
    await show({ rooms: [{ roomId: 'stage' }, { roomId: 'hall' }] });
    await waitForText(roomText('hall'), 'joined');
    expect(methods()).toEqual(['room.login', 'room.login']);
    expect(await opened.textOf('#rooms')).toBe('stage,hall');
    await show({ rooms: [{ roomId: 'hall' }] });
    await callsOf('room.logout', 1);
    expect(server.callsOf('room.logout')).toEqual([{ roomId: 'stage' }]);
    expect(server.sockets).toHaveLength(1);
  });

  test('leaves a room before it enters the next one, which may need its place', async () => {
    await show({ rooms: [{ roomId: 'first' }] });
    await waitForText(roomText('first'), 'joined');
    await show({ rooms: [{ roomId: 'second' }] });
    await waitForText(roomText('second'), 'joined');
    expect(methods()).toEqual(['room.login', 'room.logout', 'room.login']);
  });

  test('shows a refusal, and enters the room when it is asked again', async () => {
    server.replaced.set('room.login', () => ({ error: 'ROOM_EXCEED_MAXIMUM_MEMBER' }));
    await show({ rooms: [{ roomId: 'full' }] });
    await waitForText(roomText('full'), 'left 1002034');
    server.replaced.clear();
    await opened.press('rejoin');
    await waitForText(roomText('full'), 'joined 0');
  });

  test('shows wrong arguments, which are no events', async () => {
    await show({ rooms: [{ roomId: '' }] });
    await waitForText(roomText(''), 'left 1002011');
  });

  test('does not enter a room again from which the user was removed', async () => {
    await show({ rooms: [{ roomId: 'stage' }] });
    await waitForText(roomText('stage'), 'joined');
    server.send('room.expelled', { roomId: 'stage', code: 1002050 });
    await waitForText(roomText('stage'), 'left 1002050; members  ');
    await show({ rooms: [{ roomId: 'stage' }, { roomId: 'hall' }] });
    await waitForText(roomText('hall'), 'joined');
    expect(server.callsOf('room.login').map(({ roomId }) => roomId)).toEqual(['stage', 'hall']);
  });

  test('enters a room once it is enabled', async () => {
    await show({ rooms: [{ roomId: 'stage', enabled: false }, { roomId: 'hall' }] });
    await waitForText(roomText('hall'), 'joined');
    expect(server.callsOf('room.login')).toHaveLength(1);
    await show({ rooms: [{ roomId: 'stage' }, { roomId: 'hall' }] });
    await waitForText(roomText('stage'), 'joined');
  });

  test('renews the token of a room that it is in', async () => {
    await show({ rooms: [{ roomId: 'stage', token: 'one' }] });
    await waitForText(roomText('stage'), 'joined');
    await show({ rooms: [{ roomId: 'stage', token: 'two' }] });
    await callsOf('room.renewToken', 1);
    expect(server.callsOf('room.login')).toMatchObject([{ token: 'one' }]);
    expect(server.callsOf('room.renewToken')).toEqual([{ roomId: 'stage', token: 'two' }]);
  });

  test('renews a token that changes while the room is being entered, and one that was refused before', async () => {
    const isAsked = Promise.withResolvers<void>();
    const isShown = Promise.withResolvers<void>();
    server.replaced.set('room.login', async (call) => {
      isAsked.resolve();
      await isShown.promise;
      return server.answer(call);
    });
    await show({ rooms: [{ roomId: 'stage', token: 'one' }] });
    await isAsked.promise;
    await show({ rooms: [{ roomId: 'stage', token: 'two' }] });
    server.replaced.set('room.renewToken', () => ({ error: 'BUS_TIMEOUT' }));
    isShown.resolve();
    await callsOf('room.renewToken', 1);
    // Follows the refusal.
    server.send('room.onlineCount', { roomId: 'stage', count: 5 });
    await waitForText(roomText('stage'), 'members other 5');
    // Another component with the same token.
    await show({
      rooms: [
        { roomId: 'stage', token: 'two' },
        { roomId: 'stage', token: 'two' },
      ],
    });
    await callsOf('room.renewToken', 2);
    expect(server.callsOf('room.renewToken')).toEqual(Array(2).fill({ roomId: 'stage', token: 'two' }));
    expect(server.callsOf('room.login')).toMatchObject([{ token: 'one' }]);
  });

  test('shows attributes of other members and own ones', async () => {
    server.replaced.set('room.setAttributes', () => ({ result: { attributes: [] } }));
    await show({ rooms: [{ roomId: 'stage' }] });
    await waitForText(roomText('stage'), 'joined');
    const attribute = { key: 'topic', value: 'bread', updatedByUserId: 'other', updatedAtMs: 1, version: 1 };
    server.send('room.attributesUpdate', {
      ...{ roomId: 'stage', roomEpoch: 'epoch', seq: 11 },
      attributes: [attribute],
    });
    await waitForText(roomText('stage'), 'topic bread');
    await opened.press('topic');
    await waitForText(roomText('stage'), 'topic fish');
  });

  test('survives an outage', async () => {
    await show({ rooms: [{ roomId: 'stage' }] });
    await waitForText(roomText('stage'), 'joined');
    let refuse = (): void => undefined;
    const isShown = new Promise<void>((resolve) => (refuse = resolve));
    server.replaced.set('session.resume', () => isShown.then(() => ({ error: 'ROOM_DISCONNECT' })));
    server.dropAll();
    await waitForText(roomText('stage'), 'reconnecting 1002051');
    refuse();
    await waitForText(roomText('stage'), 'joined 0; members other');
  });
});

test('the provider closes its client', async () => {
  await show({ rooms: [{ roomId: 'stage' }] });
  await waitForText(roomText('stage'), 'joined');
  await opened.show(undefined);
  await callsOf('room.logout', 1);
  await waitFor(() => server.sockets.every(({ readyState }) => readyState === WebSocket.CLOSED), {
    describe: 'the socket to close',
  });
});

test('useStreams lists a stream of two rooms once', async () => {
  await show({ rooms: [{ roomId: 'a' }, { roomId: 'b' }], streamsOf: ['a', 'b'] });
  await waitForText('#streams', 'cam-a in a\ncam-b in b');
  const [stream] = server.snapshotOf('a').streams;
  const place = { roomId: 'b', roomEpoch: 'epoch' };
  server.send('room.streamUpdate', { ...place, seq: 11, update: 'add', streams: [stream!] });
  await waitForText('#streams', 'cam-a in a,b\ncam-b in b');
  server.send('room.streamUpdate', { ...place, seq: 12, update: 'delete', streams: [stream!], reason: 1 });
  await waitForText('#streams', 'cam-a in a\n');
});

test('useChat shows messages in the order of the room, own ones too, until they are deleted', async () => {
  await show({
    rooms: [
      { roomId: 'a', chat: true },
      { roomId: 'b', chat: true },
    ],
  });
  await waitForText(roomText('b'), 'joined');
  const receive = (messageId: number, seq: number, content: string): void =>
    server.send('message.received', {
      roomId: 'a',
      epoch: 'log',
      messages: [
        {
          ...{ seq, prev: seq - 1, messageId, sentAtMs: 1, kind: 'broadcast' as const, content },
          ...{ category: 'chat' as const, from: { userId: 'other', userName: 'Other' } },
        },
      ],
    });
  server.send('message.position', { roomId: 'a', position: { epoch: 'log', seq: 0 } });
  receive(10, 1, 'before');
  await waitForText('[data-room="a"] pre', 'other: before');
  // Stored between two others, and acknowledged after the second one was received.
  server.replaced.set('message.broadcast', () => {
    receive(30, 2, 'after');
    return { result: { messageId: 20, seq: 2, sentAtMs: 1 } };
  });
  await opened.press('send');
  await waitForText('[data-room="a"] pre', 'other: before\nme: mine\nother: after');
  expect(await opened.textOf('[data-room="b"] pre')).toBe('');
  const deletion = { kind: 'deletion' as const, content: '', category: 'system' as const, deletes: 10 };
  const from = { userId: '$system', userName: 'System' };
  const place = { seq: 3, prev: 2, messageId: 40, sentAtMs: 2 };
  server.send('message.received', { roomId: 'a', epoch: 'log', messages: [{ ...place, ...deletion, from }] });
  await waitForText('[data-room="a"] pre', 'me: mine\nother: after');
  // A message that is deleted before its sender has the acknowledgement.
  server.replaced.set('message.broadcast', () => {
    const second = { seq: 4, prev: 3, messageId: 60, sentAtMs: 2, ...deletion, deletes: 50, from };
    server.send('message.received', { roomId: 'a', epoch: 'log', messages: [second] });
    return { result: { messageId: 50, seq: 4, sentAtMs: 2 } };
  });
  await opened.press('send');
  await callsOf('message.broadcast', 2);
  // Follows the acknowledgement.
  receive(70, 5, 'end');
  await waitForText('[data-room="a"] pre', 'me: mine\nother: after\nother: end');
  server.replaced.set('message.broadcast', () => ({ error: 'IM_MESSAGE_REFUSED' }));
  await opened.press('send');
  await waitForText('[data-room="a"] pre ~ output', '1190501');
});

describe('usePublication', () => {
  const rooms = [{ roomId: 'a' }, { roomId: 'b' }];
  const moreRooms = [...rooms, { roomId: 'c' }, { roomId: 'd' }];

  test('publishes once, into exactly its rooms, and stops with its component', async () => {
    await show({ rooms, publish: { rooms: ['a', 'b'], colours: 1 } });
    await waitForText('#own', 'active a,b 0');
    expect(server.callsOf('stream.publish')).toHaveLength(1);
    expect(server.callsOf('stream.produce')).toHaveLength(1);
    await show({ rooms, publish: { rooms: ['b'], colours: 1 } });
    await waitForText('#own', 'active b 0');
    await opened.press('mute');
    await callsOf('stream.mute', 1);
    // Another camera replaces the track.
    await show({ rooms, publish: { rooms: ['b'], colours: 2 } });
    await show({ rooms, publish: { rooms: ['b', 'a'], colours: 2 } });
    await waitForText('#own', 'active a,b 0');
    expect(server.callsOf('stream.produce')).toHaveLength(1);
    await show({ rooms });
    await callsOf('stream.stopPublish', 1);
  });

  test('leaves a room and enters further ones although one of them refuses it', async () => {
    await show({ rooms: moreRooms, publish: { rooms: ['a', 'b'], colours: 1 } });
    await waitForText('#own', 'active a,b 0');
    server.replaced.set('stream.share', (call) =>
      call.params['roomId'] === 'c' ? { error: 'PUBLISHER_SERVER_FORBID' } : server.answer(call),
    );
    await show({ rooms: moreRooms, publish: { rooms: ['b', 'c', 'd'], colours: 1 } });
    await waitForText('#own', 'active b,d 1003025');
    expect(server.callsOf('stream.unshare')).toEqual([{ streamId: 'own', roomId: 'a' }]);
  });

  test('moves to other rooms without a second publication', async () => {
    await show({ rooms, publish: { rooms: ['a'], colours: 1 } });
    await waitForText('#own', 'active a 0');
    await show({ rooms, publish: { rooms: ['b'], colours: 1 } });
    await waitForText('#own', 'active b 0');
    expect(server.callsOf('stream.publish')).toHaveLength(1);
  });

  test('waits for its rooms, and survives the loss of one', async () => {
    await show({ rooms: [], publish: { rooms: ['a', 'b'], colours: 1 } });
    await waitForText('#own', 'ended  0');
    await show({ rooms: [{ roomId: 'b' }], publish: { rooms: ['a', 'b'], colours: 1 } });
    await waitForText('#own', 'active b 0');
    await show({ rooms, publish: { rooms: ['a', 'b'], colours: 1 } });
    await waitForText('#own', 'active a,b 0');
    server.send('room.expelled', { roomId: 'b', code: 1002050 });
    await waitForText('#own', 'active a ');
    expect(server.callsOf('stream.publish')).toHaveLength(1);
  });

  test('shows a failure, and does not repeat it', async () => {
    server.replaced.set('stream.publish', () => ({ error: 'PUBLISHER_SERVER_FORBID' }));
    await show({ rooms, publish: { rooms: ['a'], colours: 1 } });
    await waitForText('#own', 'ended  1003025');
    // Other events of the client do not start it again.
    server.send('room.onlineCount', { roomId: 'a', count: 9 });
    await waitForText(roomText('a'), 'other 9');
    expect(server.callsOf('stream.publish')).toHaveLength(1);
  });
});

describe('StreamView', () => {
  const view = { streamId: 'cam-a', roomId: 'a', muted: true };

  test('shares one playback among the views, and stops it after the last', async () => {
    await show({
      rooms: [{ roomId: 'a' }],
      views: [
        { id: 'one', ...view },
        { id: 'two', ...view },
      ],
    });
    await waitFor(async () => (await opened.framesOf('#one')) > 5 && (await opened.framesOf('#two')) > 5, {
      timeoutMs: 15_000,
      describe: 'frames in both views',
    });
    expect(server.callsOf('stream.play')).toHaveLength(1);
    expect(await opened.attributeOf('#one', 'data-state')).toBe('active');
    await show({ rooms: [{ roomId: 'a' }], views: [{ id: 'two', ...view }] });
    const before = await opened.framesOf('#two');
    await waitFor(async () => (await opened.framesOf('#two')) > before + 5, { describe: 'more frames' });
    expect(server.callsOf('stream.stopPlay')).toEqual([]);
    await show({ rooms: [{ roomId: 'a' }] });
    await callsOf('stream.stopPlay', 1);
  });

  test('of two rooms plays until the last of them is left', async () => {
    const shown = {
      rooms: [{ roomId: 'a' }, { roomId: 'b' }],
      views: [{ id: 'one', ...view, roomId: ['a', 'b'] }],
    };
    await show(shown);
    await callsOf('stream.play', 2);
    await waitFor(async () => (await opened.framesOf('#one')) > 5, { timeoutMs: 15_000, describe: 'frames' });
    await show({ ...shown, rooms: [{ roomId: 'b' }] });
    await callsOf('room.logout', 1);
    const before = await opened.framesOf('#one');
    await waitFor(async () => (await opened.framesOf('#one')) > before + 5, { describe: 'more frames' });
    await show({ ...shown, rooms: [] });
    await waitFor(async () => (await opened.attributeOf('#one', 'data-state')) === 'ended', {
      describe: 'the end',
    });
    await show(shown);
    await waitFor(async () => (await opened.attributeOf('#one', 'data-state')) === 'active', {
      timeoutMs: 15_000,
      describe: 'the stream to play again',
    });
  });
});

test('AudioUnlock is there while the browser blocks audio, and starts it', async () => {
  await show({ rooms: [{ roomId: 'a' }], views: [{ id: 'one', streamId: 'cam-a', roomId: 'a' }] });
  await waitForText('#unlock', 'Play audio');
  expect(await opened.attributeOf('#one', 'data-blocked')).toBe('');
  await opened.page.click('#unlock');
  await waitFor(async () => (await opened.textOf('#unlock')) === '', { describe: 'the button to vanish' });
  await waitFor(async () => (await opened.framesOf('#one')) > 5, { timeoutMs: 15_000, describe: 'frames' });
});

test('useCapture captures the camera that DevicePicker chooses', async () => {
  await show({ rooms: [], camera: true });
  await waitForText('#camera', 'fake_device_0');
  const options = await opened.page.$$eval('select option', (all) =>
    all.map(({ textContent }) => textContent),
  );
  expect(options.slice(0, 2)).toEqual(['Default', 'fake_device_0']);
  await opened.page.selectOption('select', { index: 1 });
  await waitForText('#camera', 'fake_device_0');
  await waitFor(async () => (await opened.framesOf('video')) > 5, {
    timeoutMs: 15_000,
    describe: 'a preview',
  });
  await show({ rooms: [] });
});
