import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { ZegoExpressEngine, ZegoRoomMode, type ZegoUser } from './index.js';

const me = { userID: 'me', userName: 'Me' };
const run = promisify(execFile);
let server: ProtocolServer;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

function create(profile: unknown): Promise<ZegoExpressEngine> {
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  return ZegoExpressEngine.createEngineWithProfile(profile as never);
}

async function enter(): Promise<void> {
  engine = await create({ appID: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  expect((await engine.loginRoom('room1', me)).errorCode).toBe(0);
}

/** The error that a call throws, or rejects with. */
async function errorOf(call: () => unknown): Promise<Error & { code?: number; details?: object }> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('an invalid profile', () => {
  test.each([
    ['profile', undefined],
    ['appID', { server: 'http://a' }],
    ['appID', { appID: '1', server: 'http://a' }],
    ['server', { appID: 1 }],
    ['server', { appID: 1, server: '' }],
    ['server', { appID: 1, server: [] }],
    ['server', { appID: 1, server: 'localhost:7080' }],
    ['server', { appID: 1, server: 'ftp://a' }],
    ['server', { appID: 1, server: 7080 }],
    ['server[1]', { appID: 1, server: ['http://a', 'not an address'] }],
    ['roomRetryTimeSeconds', { appID: 1, server: 'http://a', roomRetryTimeSeconds: 'long' }],
    ['handlerFactory', { appID: 1, server: 'http://a', handlerFactory: 7 }],
  ])('names %s: %j', async (path, profile) => {
    const error = await errorOf(() => create(profile));
    expect(error).toMatchObject({ code: 1000017, details: { path } });
    expect(error.message.startsWith(`${path}: `)).toBe(true);
  });

  test('does not quote an invalid address, which may contain a password', async () => {
    const error = await errorOf(() => create({ appID: 1, server: 'htp://ada:secret@gateway' }));
    expect(JSON.stringify([error, error.message])).not.toContain('secret');
  });
});

describe('an invalid argument', () => {
  const wrong = (value: unknown): never => value as never;
  const content = new Uint8Array([1]);

  test.each<[string, number, () => unknown]>([
    ['mode', 1000017, () => ZegoExpressEngine.setRoomMode(wrong(7))],
    ['listener', 1000017, () => engine.on('roomStateChanged', wrong(undefined))],
    ['streamID', 1000015, () => engine.startPublishingStream('', 0, { roomID: 'room1' })],
    ['channel', 1000017, () => engine.startPublishingStream('s', 4 as never, { roomID: 'room1' })],
    ['config', 1003070, () => engine.startPublishingStream('s')],
    ['config.roomID', 1003071, () => engine.startPublishingStream('s', 0, {})],
    ['config.roomID', 1002012, () => engine.startPublishingStream('s', 0, { roomID: 'ä' })],
    ['config.mediaStream', 1003001, () => engine.startPublishingStream('s', 0, { roomID: 'room1' })],
    [
      'config.mediaStream',
      1000017,
      () => engine.startPublishingStream('s', 0, { roomID: 'room1', mediaStream: wrong('camera') }),
    ],
    ['mediaStream', 1000017, () => engine.setLocalStream(wrong('camera'))],
    ['channel', 1000017, () => engine.setLocalStream(newCamera(), wrong('main'))],
    ['mediaStream', 1000017, () => engine.replaceTrack(wrong(undefined), newCamera().getTracks()[0]!)],
    ['track', 1000017, () => engine.replaceTrack(newCamera(), wrong(undefined))],
    ['streamID', 1003001, () => engine.shareStream('s', 'room1')],
    ['streamID', 1000016, () => engine.unshareStream('a b', 'room1')],
    ['channel', 1003001, () => engine.mutePublishStreamAudio(true)],
    ['streamID', 1000016, () => engine.startPlayingStream('a b', undefined, { roomID: 'room1' })],
    ['view', 1000017, () => engine.startPlayingStream('s', wrong('video'), { roomID: 'room1' })],
    ['config', 1004070, () => engine.startPlayingStream('s')],
    ['roomID', 1002011, () => engine.createRealTimeSequentialDataManager(wrong(undefined))],
    ['manager', 1000017, () => engine.destroyRealTimeSequentialDataManager(wrong(undefined))],
    ['config.millisecond', 1000017, () => engine.startSoundLevelMonitor({ millisecond: 5 })],
  ])('is named by the thrown error: %s (%i)', async (path, code, call) => {
    await enter();
    if (path === 'mode') {
      await ZegoExpressEngine.destroyEngine();
    }
    const error = await errorOf(call);
    expect(error).toMatchObject({ code, details: { path } });
    expect(error.message.startsWith(`${path}: `)).toBe(true);
  });

  test.each<[string, number, () => Promise<{ errorCode: number; extendedData: string }>]>([
    ['roomID', 1002011, () => engine.loginRoom(wrong(undefined), me)],
    ['user.userID', 1002005, () => engine.loginRoom('room2', wrong(undefined))],
    ['user.userName', 1002008, () => engine.loginRoom('room2', { userID: 'me' } as ZegoUser)],
    ['roomID', 1002011, () => engine.logoutRoom('')],
    ['fromRoomID', 1002011, () => engine.switchRoom('', 'room2')],
    ['toRoomID', 1002011, () => engine.switchRoom('room1', wrong(undefined))],
  ])('is named by the result of a login, logout or switch: %s (%i)', async (path, code, call) => {
    await enter();
    const { errorCode, extendedData } = await call();
    expect(errorCode).toBe(code);
    expect(JSON.parse(extendedData)).toMatchObject({
      details: { path },
      message: expect.stringMatching(`^${path}: `),
    });
  });

  test.each<[string, number, () => Promise<{ errorCode: number; errorMessage?: string }>]>([
    ['roomID', 1002011, () => engine.sendBroadcastMessage('', 'x')],
    ['message', 1009001, () => engine.sendBroadcastMessage('room1', wrong(undefined))],
    ['message', 1009001, () => engine.sendBarrageMessage('room1', '')],
    ['command', 1009001, () => engine.sendCustomCommand('room1', '')],
    ['toUserList', 1000017, () => engine.sendCustomCommand('room1', 'x', wrong('ada'))],
    ['toUserList\\[1\\].userID', 1009011, () => engine.sendCustomCommand('room1', 'x', [me, wrong({})])],
    ['message.content', 1000017, () => engine.sendTransparentMessage('room1', wrong(undefined))],
    ['message.content', 1000017, () => engine.sendTransparentMessage('room1', wrong({ content: 'text' }))],
    [
      'message.sendMode',
      1000017,
      () => engine.sendTransparentMessage('room1', wrong({ content, sendMode: 9 })),
    ],
    [
      'message.timeOut',
      1000017,
      () => engine.sendTransparentMessage('room1', wrong({ content, timeOut: 'x' })),
    ],
    ['key', 1000017, () => engine.setRoomExtraInfo('room1', wrong(undefined), 'x')],
    ['value', 1000017, () => engine.setRoomExtraInfo('room1', 'topic', wrong(undefined))],
    ['roomIDs', 1000017, async () => (await engine.sendBroadcastMessageToRooms(wrong('room1'), 'x'))[0]!],
    [
      'roomIDs\\[1\\]',
      1002011,
      async () => (await engine.sendBroadcastMessageToRooms(['room1', ''], 'x'))[1]!,
    ],
    [
      'data',
      1000017,
      () =>
        engine.createRealTimeSequentialDataManager('room1').sendRealTimeSequentialData(wrong('text'), 's'),
    ],
  ])('is named by the result of a method that never rejects: %s (%i)', async (path, code, call) => {
    await enter();
    const before = server.calls.length;
    expect(await call()).toMatchObject({
      errorCode: code,
      errorMessage: expect.stringMatching(`^${path}: `),
    });
    expect(server.calls).toHaveLength(before);
  });
});

describe('a server that is not a gateway', () => {
  let web: Server;
  afterEach(() => new Promise((resolve) => web.close(resolve)));

  async function serve(listener: RequestListener): Promise<string> {
    web = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    return `127.0.0.1:${(web.address() as AddressInfo).port}`;
  }

  async function loginAt(address: string): Promise<{ message: string; details: Record<string, unknown> }> {
    engine = await create({ appID: 1, server: address });
    const { errorCode, extendedData } = await engine.loginRoom('room1', me);
    expect(errorCode).toBe(1002030);
    return JSON.parse(extendedData) as { message: string; details: Record<string, unknown> };
  }

  test.each([
    [404, 'text/plain'],
    [200, 'text/html'],
  ])('explains a response with %i %s', async (status, type) => {
    const host = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end('<h1>Hello</h1>');
    });
    const { message, details } = await loginAt(`http://ada:secret@${host}`);
    expect(message).toContain(`server: no Polyroom gateway at ws://${host}/ws: `);
    expect(message).toContain(`(HTTP ${status}, ${type})`);
    expect(details).toMatchObject({ path: 'server', url: `ws://${host}/ws` });
    expect(JSON.stringify([message, details])).not.toContain('secret');
  });

  test('explains a refused connection', async () => {
    await serve(() => undefined);
    const port = await freePort();
    const { message } = await loginAt(`http://127.0.0.1:${port}`);
    expect(message).toBe(
      `server: no Polyroom gateway at ws://127.0.0.1:${port}/ws: no response (ECONNREFUSED). ` +
        'Give the address of a gateway.',
    );
  });

  test('is not probed over HTTP during recovery', async () => {
    const requests: string[] = [];
    await enter();
    const { port } = server;
    await server.close();
    web = createServer((request, response) => {
      requests.push(request.method!);
      response.end();
    });
    web.on('upgrade', (_request, socket) => {
      requests.push('upgrade');
      socket.destroy();
    });
    web.listen(port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (requests.length >= 2) {
          clearInterval(timer);
          resolve();
        }
      }, 20);
    });
    expect(new Set(requests)).toEqual(new Set(['upgrade']));
  });
});

test('reports a runtime without WebSocket, with the fix, when the engine is created', async () => {
  const index = new URL('../../dist/native/index.js', import.meta.url).href;
  const script = `
    import { ZegoExpressEngine } from ${JSON.stringify(index)};
    const profile = { appID: 1, server: 'http://127.0.0.1:1' };
    const create = () => ZegoExpressEngine.createEngineWithProfile(profile);
    await create().catch(({ code, details, message }) => console.log(JSON.stringify({ code, details, message })));
    globalThis.WebSocket = class {};
    await create();
    console.log('created');
    process.exit();
  `;
  const flags = ['--no-experimental-websocket', '--input-type=module', '--eval', script];
  const [refusal, created] = (await run(process.execPath, flags)).stdout.split('\n');
  expect(JSON.parse(refusal!)).toEqual({
    code: 1000010,
    details: { feature: 'WebSocket' },
    message: expect.stringMatching(/Node\.js 22 or later, or set globalThis\.WebSocket/),
  });
  expect(created).toBe('created');
});
