import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MessagePosition, type OrderedMessage } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, ProtocolServer } from '@polyroom/testing/client';
import { Recorder } from '../../test/recorder.js';
import {
  ZegoExpressEngine,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
  ZegoRoomTransparentMessageMode,
} from './index.js';

const me = { userID: 'me', userName: 'Me' };
let server: ProtocolServer;
let engine: ZegoExpressEngine;
let recorder: Recorder;
/** The message log of room1. */
let log: OrderedMessage[];
let epoch: string;
let forgotten: number;

beforeEach(async () => {
  installMediaStream();
  log = [];
  epoch = 'e1';
  forgotten = 0;
  server = await ProtocolServer.start();
  server.replaced.set('message.history', ({ params }) => {
    const isSame = params['epoch'] === epoch;
    const sinceSeq = isSame ? Number(params['sinceSeq']) : 0;
    const gone = sinceSeq < forgotten || (!isSame && params['epoch'] !== '');
    const messages = log
      .filter(({ seq, to }) => seq > Math.max(sinceSeq, forgotten) && to?.includes('me') !== false)
      .slice(0, Number(params['limit']));
    return { result: { position: { epoch, seq: log.length }, gone, messages } };
  });
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: fakeHandlerFactory,
  });
  recorder = new Recorder(engine);
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

async function login(...roomIDs: string[]): Promise<void> {
  for (const roomID of roomIDs) {
    expect((await engine.loginRoom(roomID, me)).errorCode).toBe(0);
    server.send('message.position', { roomId: roomID, position: position() });
  }
}

const position = (): MessagePosition => ({ epoch: log.length === 0 ? '' : epoch, seq: log.length });

/** Appends to the log, and notifies the client if `isTold`. */
function say(content: string, more: Partial<OrderedMessage> & { isTold?: boolean } = {}): void {
  const { isTold = true, ...fields } = more;
  const last = log.at(-1);
  const message: OrderedMessage = {
    seq: log.length + 1,
    prev: last === undefined ? 0 : last.to === undefined ? last.seq : last.prev,
    messageId: 1000 + log.length,
    sentAtMs: 9,
    kind: 'broadcast',
    category: 'chat',
    from: { userId: 'other', userName: 'Other' },
    content,
    ...fields,
  };
  log.push(message);
  if (isTold && message.to?.includes('me') !== false) {
    tell(message);
  }
}

function tell(...messages: OrderedMessage[]): void {
  server.send('message.received', { roomId: 'room1', epoch, messages });
}

const receivedTexts = (roomID = 'room1'): string[] =>
  recorder
    .of('IMRecvBroadcastMessage')
    .filter(([room]) => room === roomID)
    .flatMap(([, list]) => list.map(({ message }) => message));

const waitForReceived = (count: number): Promise<unknown> =>
  waitFor(() => receivedTexts().length >= count, {
    timeoutMs: 5000,
    describe: `${count} messages`,
    intervalMs: 5,
  });

async function loseConnection(): Promise<void> {
  const before = server.callsOf('room.login').length + server.callsOf('session.resume').length;
  server.dropAll();
  await waitFor(() => recorder.statesOf('room1').some(([reason]) => reason === Reason.Reconnecting), {
    describe: 'the loss',
    intervalMs: 5,
  });
  await waitFor(() => recorder.statesOf('room1').at(-1)?.[0] === Reason.Reconnected, {
    timeoutMs: 8000,
    describe: 'the room to be restored',
    intervalMs: 5,
  });
  expect(server.calls.length).toBeGreaterThan(before);
  server.send('message.position', { roomId: 'room1', position: position() });
}

describe('sending', () => {
  test('sends a message to a room of this user, and refuses any other room', async () => {
    expect((await engine.sendBroadcastMessage('room1', 'x')).errorCode).toBe(1000002);
    await login('room1');
    expect(await engine.sendBroadcastMessage('room1', 'x')).toEqual({ errorCode: 0, messageID: 7 });
    expect((await engine.sendBroadcastMessage('room2', 'x')).errorCode).toBe(1009005);
    expect((await engine.sendBroadcastMessage('room1', '')).errorCode).toBe(1009001);
    server.replaced.set('message.broadcast', () => ({ error: 'IM_BROADCAST_MESSAGE_QPS_OVERLOAD' }));
    expect((await engine.sendBroadcastMessage('room1', 'x')).errorCode).toBe(1009015);
  });

  test('sends every kind of message, with ZEGO’s codes for invalid recipients', async () => {
    await login('room1');
    server.replaced.set('message.barrage', () => ({ result: { messageId: 'ms_1' } }));
    expect(await engine.sendBarrageMessage('room1', 'b')).toEqual({ errorCode: 0, messageID: 'ms_1' });
    const bob = { userID: 'bob', userName: '' };
    expect(await engine.sendCustomCommand('room1', 'c', [bob])).toEqual({ errorCode: 0 });
    const content = new Uint8Array([0, 255, 128]);
    const sendMode = ZegoRoomTransparentMessageMode.ClientAndServer;
    expect(await engine.sendTransparentMessage('room1', { content, sendMode })).toEqual({ errorCode: 0 });
    expect(server.callsOf('message.command')[0]).toMatchObject({ content: 'c', to: ['bob'] });
    expect(server.callsOf('message.transparent')[0]).toMatchObject({ content: 'AP+A', mode: 'both', to: [] });
    const codeFor = async (userID: string): Promise<number> =>
      (await engine.sendCustomCommand('room1', 'c', [{ userID, userName: '' }])).errorCode;
    expect([await codeFor(''), await codeFor('x'.repeat(64))]).toEqual([1009011, 1009012]);
    expect((await engine.sendCustomCommand('room2', 'c')).errorCode).toBe(1009005);
    expect((await engine.sendBarrageMessage('room2', 'c')).errorCode).toBe(1009005);
    expect((await engine.sendTransparentMessage('room2', { content })).errorCode).toBe(1009005);
  });

  test('returns one result per room for a message to several rooms', async () => {
    await login('room1', 'room2');
    const error = { code: 1009005, name: 'IM_INCONSISTENT_ROOM_ID', message: 'why', retryable: false };
    server.replaced.set('message.broadcastToRooms', () => ({
      result: {
        results: [
          { roomId: 'room1', sent: { messageId: 5, seq: 1, sentAtMs: 1 } },
          { roomId: 'room3', error },
        ],
      },
    }));
    expect(await engine.sendBroadcastMessageToRooms(['room1', 'room3', 'room1'], 'x')).toEqual([
      { roomID: 'room1', errorCode: 0, messageID: 5 },
      { roomID: 'room3', errorCode: 1009005, errorMessage: 'why', messageID: 0 },
    ]);
  });

  test('retries the same message without a definite response, over a new connection too', async () => {
    await login('room1');
    server.replaced.set('message.broadcast', () => {
      server.replaced.delete('message.broadcast');
      server.dropAll();
      return { error: 'IM_SEND_FAILED' };
    });
    expect(await engine.sendBroadcastMessage('room1', 'x')).toEqual({ errorCode: 0, messageID: 7 });
    const ids = server.callsOf('message.broadcast').map((params) => params['clientMessageId']);
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
  });

  test('stops retrying when the room is left', async () => {
    await login('room1', 'room2');
    server.replaced.set('message.broadcast', () => ({ error: 'IM_SEND_FAILED' }));
    const sending = engine.sendBroadcastMessage('room1', 'x');
    await engine.logoutRoom('room1');
    expect(await sending).toMatchObject({ errorCode: 1009010, messageID: 0 });
  });
});

describe('receiving', () => {
  test('emits each kind separately, batches per room, and skips own messages', async () => {
    await login('room1');
    say('one');
    say('mine', { from: { userId: 'me', userName: 'Me' } });
    say('do it', { kind: 'command' });
    say('AAH/', { kind: 'transparent', to: ['me'] });
    say('not for me', { to: ['other'] });
    say('two');
    server.send('message.barrage', {
      roomId: 'room1',
      messages: [
        {
          ...{ messageId: 'ms_1', sentAtMs: 3, content: 'quick', category: 'chat' },
          from: { userId: 'other', userName: 'Other' },
        },
      ],
    });
    await waitForReceived(2);
    await waitFor(() => recorder.of('IMRecvBarrageMessage').length === 1, {
      describe: 'the barrage message',
    });
    const fromUser = { userID: 'other', userName: 'Other' };
    expect(receivedTexts()).toEqual(['one', 'two']);
    expect(recorder.of('IMRecvCustomCommand')).toEqual([['room1', fromUser, 'do it']]);
    expect(recorder.of('recvRoomTransparentMessage')).toEqual([
      ['room1', { sendUser: fromUser, content: new Uint8Array([0, 1, 255]) }],
    ]);
    expect(recorder.of('IMRecvBarrageMessage')[0]).toEqual([
      'room1',
      [{ message: 'quick', messageID: 'ms_1', sendTime: 3, fromUser }],
    ]);
    expect(server.callsOf('message.history')).toEqual([]);
  });

  test('fills a gap before emitting later messages, and drops duplicates', async () => {
    await login('room1');
    say('1');
    say('2', { isTold: false });
    say('3');
    tell(...log);
    say('4');
    await waitForReceived(4);
    expect(receivedTexts()).toEqual(['1', '2', '3', '4']);
    expect(server.callsOf('message.history')[0]).toMatchObject({
      epoch: 'e1',
      sinceSeq: 1,
      sinceMessageId: 1000,
    });
  });

  test('emits messages missed during an outage once and in order, at most 50 at a time', async () => {
    await login('room1');
    say('0');
    await waitForReceived(1);
    for (let n = 1; n <= 130; n++) {
      say(String(n), { isTold: false, ...(n % 7 === 0 ? { to: ['other'] } : {}) });
    }
    await loseConnection();
    say('last');
    const expected = [...Array(131).keys()].filter((n) => n === 0 || n % 7 !== 0).map(String);
    await waitForReceived(expected.length + 1);
    expect(receivedTexts()).toEqual([...expected, 'last']);
    for (const [, list] of recorder.of('IMRecvBroadcastMessage')) {
      expect(list.length).toBeLessThanOrEqual(50);
    }
    expect(recorder.of('roomMessagesLost')).toEqual([]);
  });

  test('reports deletions once, also those missed during an outage, and emits no deleted message', async () => {
    await login('room1');
    const system = { userId: '$system', userName: 'System' };
    const remove = (messageId: number, isTold = true): void =>
      say('', { kind: 'deletion', deletes: messageId, category: 'system', from: system, isTold });
    say('one');
    say('two');
    remove(1001);
    await waitFor(() => recorder.of('roomMessageDeleted').length === 1, {
      describe: 'the deletion',
    });
    say('', { deleted: true, isTold: false });
    remove(1000, false);
    await loseConnection();
    say('three');
    await waitForReceived(3);
    expect(receivedTexts()).toEqual(['one', 'two', 'three']);
    expect(recorder.of('roomMessageDeleted')).toEqual([
      ['room1', 1001],
      ['room1', 1000],
    ]);
    expect(recorder.of('roomMessagesLost')).toEqual([]);
  });

  test('reports messages that are no longer stored, and emits the rest', async () => {
    await login('room1');
    say('0');
    await waitForReceived(1);
    ['1', '2', '3'].forEach((content) => say(content, { isTold: false }));
    forgotten = 3;
    await loseConnection();
    await waitForReceived(2);
    expect(receivedTexts()).toEqual(['0', '3']);
    expect(recorder.of('roomMessagesLost')).toEqual([['room1']]);
  });

  test('requests no history for a room without new messages', async () => {
    await login('room1');
    say('0');
    await waitForReceived(1);
    await loseConnection();
    say('1');
    await waitForReceived(2);
    expect(server.callsOf('message.history')).toEqual([]);
    expect(recorder.of('roomMessagesLost')).toEqual([]);
  });

  test('accepts numbering that restarts while the room is open', async () => {
    await login('room1');
    say('old');
    epoch = 'e2';
    log = [];
    say('new');
    await waitForReceived(2);
    expect(receivedTexts()).toEqual(['old', 'new']);
  });
});
