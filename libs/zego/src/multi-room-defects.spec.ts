import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlerFactory,
  installMediaStream,
  installNetwork,
  newCamera,
  ProtocolServer,
} from '@polyroom/testing/client';
import * as native from './native/index.js';
import * as web from './web/index.js';

/** Defects of multi-room mode that ZEGO’s release notes list; the numbers are those of our list. */

const user = { userID: 'me', userName: 'Me' };

/** One face of the library, as far as these defects concern it. */
interface Face {
  readonly name: string;
  /** `room REASON code`, as they arrive. */
  readonly states: string[];
  open(): Promise<void>;
  close(): Promise<void>;
  /** The code of the outcome. */
  login(roomID: string): Promise<number>;
  logout(roomID: string): void;
  /** Resolves when it is started, as far as the face reports that. */
  publish(streamID: string, roomID: string): Promise<void>;
  stop(streamID: string): void;
  sendCommand(roomID: string): Promise<number>;
}

let server: ProtocolServer;
let network: ReturnType<typeof installNetwork>;

/** The client closes its socket last. */
const whenClosed = () =>
  waitFor(() => server.sockets.at(-1)!.readyState === WebSocket.CLOSED, {
    describe: 'the end of the engine',
  });

class NativeFace implements Face {
  readonly name = 'native';
  readonly states: string[] = [];
  engine!: native.ZegoExpressEngine;

  async open(): Promise<void> {
    native.ZegoExpressEngine.setRoomMode(native.ZegoRoomMode.MultiRoom);
    this.engine = await native.ZegoExpressEngine.createEngineWithProfile({
      appID: 1,
      server: server.url,
      handlerFactory: fakeHandlerFactory,
    });
    this.states.length = 0;
    this.engine.on('roomStateChanged', (roomID, reason, code) =>
      this.states.push(`${roomID} ${native.ZegoRoomStateChangedReason[reason].toUpperCase()} ${code}`),
    );
  }

  close(): Promise<void> {
    return native.ZegoExpressEngine.destroyEngine();
  }

  async login(roomID: string): Promise<number> {
    return (await this.engine.loginRoom(roomID, user, { token: 'token' })).errorCode;
  }

  logout(roomID: string): void {
    void this.engine.logoutRoom(roomID);
  }

  async publish(streamID: string, roomID: string): Promise<void> {
    const config = { roomID, mediaStream: newCamera() };
    await this.engine.startPublishingStream(streamID, native.ZegoPublishChannel.Main, config);
  }

  stop(): void {
    void this.engine.stopPublishingStream();
  }

  async sendCommand(roomID: string): Promise<number> {
    return (await this.engine.sendCustomCommand(roomID, 'go', [native.ZegoUser.id('u2')])).errorCode;
  }
}

class WebFace implements Face {
  readonly name = 'Web';
  readonly states: string[] = [];
  engine!: web.ZegoExpressEngine;

  async open(): Promise<void> {
    this.engine = new web.ZegoExpressEngine(1, server.url, { handlerFactory: fakeHandlerFactory });
    expect(this.engine.enableMultiRoom(true)).toBe(true);
    this.states.length = 0;
    this.engine.on('roomStateChanged', (roomID, reason, code) =>
      this.states.push(`${roomID} ${reason.replace('_', '')} ${code}`),
    );
  }

  async close(): Promise<void> {
    this.engine.destroyEngine();
    await whenClosed();
  }

  login(roomID: string): Promise<number> {
    return this.engine.loginRoom(roomID, 'token', user).then(
      () => 0,
      (error: web.ZegoError) => error.errorCode,
    );
  }

  logout(roomID: string): void {
    this.engine.logoutRoom(roomID);
  }

  async publish(streamID: string, roomID: string): Promise<void> {
    expect(this.engine.startPublishingStream(streamID, newCamera(), { roomID })).toBe(true);
  }

  stop(streamID: string): void {
    expect(this.engine.stopPublishingStream(streamID)).toBe(true);
  }

  async sendCommand(roomID: string): Promise<number> {
    return (await this.engine.sendCustomCommand(roomID, 'go', ['u2'])).errorCode;
  }
}

beforeEach(async () => {
  installMediaStream();
  network = installNetwork('wifi');
  server = await ProtocolServer.start();
});
afterEach(async () => {
  await server.close();
  network.uninstall();
});

describe.each<Face>([new NativeFace(), new WebFace()])('$name', (face) => {
  beforeEach(() => face.open());
  afterEach(() => face.close());

  const whenState = (state: string) =>
    waitFor(() => face.states.includes(state), { timeoutMs: 10_000, describe: state });

  test('1: a kick from one room leaves the other rooms, and its reason reaches the user', async () => {
    expect([await face.login('room1'), await face.login('room2')]).toEqual([0, 0]);
    const reasons: string[] = [];
    // The event has the same arguments in both faces.
    const { engine } = face as NativeFace;
    engine.on('roomStateChanged', (...args) => reasons.push(args[3]));
    server.send('room.expelled', { roomId: 'room1', code: 1002055, reason: 'be nice' });
    await whenState('room1 KICKOUT 1002055');
    expect(reasons).toEqual(['{"custom_kickout_message":"be nice"}']);
    expect(face.states.filter((state) => state.startsWith('room2'))).toEqual([
      'room2 LOGINING 0',
      'room2 LOGINED 0',
    ]);
    expect(await face.sendCommand('room1')).toBe(1009005);
    expect(server.sockets).toHaveLength(1);
  });

  // That the other members get the deletion: stream-facts.int.spec.ts, against a real room service.
  test('2: a stopped stream is taken back at the servers', async () => {
    await face.login('room1');
    await face.login('room2');
    await face.publish('cam', 'room2');
    await waitFor(() => server.callsOf('stream.share').length === 1, { describe: 'the stream' });
    face.stop('cam');
    await waitFor(() => server.callsOf('stream.stopPublish').length === 1, { describe: 'the stop' });
    expect(server.callsOf('stream.stopPublish')).toEqual([{ streamId: 'cam' }]);
  });

  test.each<[string, () => void]>([
    ['that closes the socket', () => server.dropAll()],
    ['that leaves the socket half open', () => server.freeze()],
  ])('3: a login during a change of the network %s has an outcome', async (_, lose) => {
    await face.login('room1');
    let unanswered = 0;
    server.replaced.set('room.login', (call) => {
      const isLost = call.params['roomId'] === 'room2' && call.socket === server.sockets[0];
      unanswered += isLost ? 1 : 0;
      return isLost ? new Promise<never>(() => {}) : server.answer(call);
    });
    const outcome = face.login('room2');
    await waitFor(() => unanswered === 1, { describe: 'the login' });
    lose();
    network.change('cellular');
    expect([0, 1002030, 1002031]).toContain(await outcome);
    await whenState('room1 RECONNECTED 0');
    // The next one succeeds, unless the first one has.
    expect([0, 1002064]).toContain(await face.login('room2'));
    expect(await face.login('room3')).toBe(0);
  });

  test('5: custom commands are sent in every room', async () => {
    server.replaced.set('message.command', () => ({ result: { messageId: 1, seq: 1, sentAtMs: 1 } }));
    await face.login('room1');
    await face.login('room2');
    expect(await Promise.all([face.sendCommand('room1'), face.sendCommand('room2')])).toEqual([0, 0]);
    expect(server.callsOf('message.command')).toMatchObject([
      { roomId: 'room1', content: 'go', to: ['u2'] },
      { roomId: 'room2', content: 'go', to: ['u2'] },
    ]);
  });

  test('6: leaving a room in which the user is not is reported', async () => {
    await face.login('room1');
    face.logout('room2');
    await whenState('room2 LOGOUTFAILED 1002002');
    expect(face.states).toEqual(['room1 LOGINING 0', 'room1 LOGINED 0', 'room2 LOGOUTFAILED 1002002']);
  });
});

describe('4: the room mode does not change', () => {
  test('once a native engine exists', async () => {
    const face = new NativeFace();
    await face.open();
    expect(() => native.ZegoExpressEngine.setRoomMode(native.ZegoRoomMode.SingleRoom)).toThrow(
      expect.objectContaining({ code: 1001020 }),
    );
    expect([await face.login('room1'), await face.login('room2')]).toEqual([0, 0]);
    await face.close();
  });

  test('once a Web engine has logged in', async () => {
    const engine = new web.ZegoExpressEngine(1, server.url, { handlerFactory: fakeHandlerFactory });
    await engine.loginRoom('room1', 'token', user);
    expect(engine.enableMultiRoom(true)).toBe(false);
    await expect(engine.loginRoom('room2', 'token', user)).rejects.toMatchObject({ errorCode: 1002001 });
    engine.destroyEngine();
    await whenClosed();
  });
});
