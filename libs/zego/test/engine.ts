import { afterEach, beforeEach, expect } from '@jest/globals';
import { fakeHandlerFactory, installMediaStream, ProtocolServer } from '@polyroom/testing/client';
import { ZegoExpressEngine, type ZegoEngineProfile, ZegoRoomMode } from '../src/native/index.js';
import { Recorder } from './recorder.js';

export const me = { userID: 'me', userName: 'Me' };
const withUsers = { isUserStatusNotify: true };

/** An engine, the servers that it talks to, and the events that it has emitted. */
export let server: ProtocolServer;
export let engine: ZegoExpressEngine;
export let recorder: Recorder;

/** Gives each test of the file its own servers, and destroys the engine after it. */
export function useServers(): void {
  beforeEach(async () => {
    installMediaStream();
    server = await ProtocolServer.start();
  });
  afterEach(async () => {
    await ZegoExpressEngine.destroyEngine();
    await server.close();
  });
}

export async function create(
  mode = ZegoRoomMode.MultiRoom,
  overrides: Partial<ZegoEngineProfile> = {},
): Promise<void> {
  ZegoExpressEngine.setRoomMode(mode);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: fakeHandlerFactory,
    ...overrides,
  });
  recorder = new Recorder(engine);
}

export async function login(...roomIDs: string[]): Promise<void> {
  for (const { errorCode } of await Promise.all(
    roomIDs.map((room) => engine.loginRoom(room, me, withUsers)),
  )) {
    expect(errorCode).toBe(0);
  }
}
