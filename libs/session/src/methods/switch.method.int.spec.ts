import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { SessionWorld } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';

const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;
beforeAll(async () => {
  world = await SessionWorld.start();
});
afterAll(async () => {
  await world?.close();
});
afterEach(() => world.clear());

async function login(
  userId: string,
  credentials: { appSign?: string; token?: string },
  rooms = ['r1'],
): Promise<TestClient> {
  const gateway = await world.addGateway();
  await world.addNode(`nd_${userId}`);
  await world.ready();
  return (await world.login(gateway, userId, rooms, credentials)).client;
}

describe('a switch to another room', () => {
  test('does not ask auth again about an AppSign that auth has just accepted', async () => {
    let asked = 0;
    world.onAuthenticate = () => void (asked += 1);
    const client = await login('ada', { appSign: 'a'.repeat(64) });
    expect(asked).toBe(1);
    await client.call('room.switch', { fromRoomId: 'r1', toRoomId: 'r2' });
    expect(asked).toBe(1);
    expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r2']);
  });

  test('fails like a login if auth does not answer in time, and keeps the first room', async () => {
    const client = await login('bob', { token: 'first' });
    world.onAuthenticate = () => new Promise(() => {});
    const { code } = new AppError('ROOM_LOGIN_TIMEOUT');
    const switching = { fromRoomId: 'r1', toRoomId: 'r2', token: 'second' };
    expect(await client.codeOf('room.switch', switching)).toBe(code);
    expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1']);
  });

  test('and one in the opposite direction at once both end', async () => {
    const client = await login('eve', { appSign: 'a'.repeat(64) }, ['r1', 'r2']);
    const codes = await Promise.all([
      client.codeOf('room.switch', { fromRoomId: 'r1', toRoomId: 'r2' }),
      client.codeOf('room.switch', { fromRoomId: 'r2', toRoomId: 'r1' }),
    ]);
    expect(codes).toEqual([expect.any(Number), expect.any(Number)]);
    expect(client.session.memberships.length).toBeGreaterThan(0);
  });

  test('lets a stream of both rooms be played in the new one in the same burst', async () => {
    const publisher = await login('fay', { token: 'any' }, ['from', 'to']);
    await publisher.call('stream.publish', { streamId: 'both', channel: 0, roomId: 'from' });
    await publisher.call('stream.produce', { streamId: 'both', kind: 'audio', rtpParameters });
    for (const roomId of ['from', 'to']) {
      await publisher.call('stream.share', { streamId: 'both', roomId });
    }
    const client = await login('gil', { token: 'any' }, ['from']);
    const playing = { streamId: 'both', rtpCapabilities: {} };
    await client.call('stream.play', { ...playing, roomId: 'from' });
    const [, played] = await Promise.all([
      client.call('room.switch', { fromRoomId: 'from', toRoomId: 'to', token: 'any' }),
      client.call('stream.play', { ...playing, roomId: 'to' }),
    ]);
    expect(played.roomIds).toContain('to');
    expect(client.session.downlinks.roomsOf('both')).toEqual(['to']);

    // A stop that follows a play which still waits for its room.
    const back = { fromRoomId: 'to', toRoomId: 'from', token: 'any' };
    const results = await Promise.all([
      client.codeOf('room.switch', back),
      client.codeOf('stream.play', { ...playing, roomId: 'from' }),
      client.codeOf('stream.stopPlay', { streamId: 'both' }),
    ]);
    expect(results).toEqual([0, 0, 0]);
    expect(client.session.downlinks.has('both')).toBe(false);
  });
});
