import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, clientCloseCodes, type ErrorName, roomRpc, sessionExpelled } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type MediaStandIn } from '../../test/media-stand-in.js';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';

const timeoutMs = 10_000;
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
const codeOf = (name: ErrorName): number => new AppError(name).code;

let world: SessionWorld;
let gateways: [TestGateway, TestGateway];
let node: MediaStandIn;
let nodeCount = 0;

beforeAll(async () => {
  world = await SessionWorld.start();
});
afterAll(async () => {
  await world?.close();
});

async function start(): Promise<void> {
  gateways = [await world.addGateway(), await world.addGateway()];
  nodeCount += 1;
  node = await world.addNode(`nd_r${nodeCount}`);
  await world.ready();
}
afterEach(() => world.clear());

async function publish(client: TestClient, streamId: string, ...roomIds: string[]): Promise<void> {
  const channel = client.session.upstreams.length;
  await client.call('stream.publish', { streamId, channel, roomId: roomIds[0]! });
  await client.call('stream.produce', { streamId, kind: 'audio', rtpParameters });
  for (const roomId of roomIds) {
    await client.call('stream.share', { streamId, roomId });
  }
}

describe.each([
  ['the same gateway', 0],
  ['another gateway', 1],
] as const)('a session that is resumed within the grace period at %s', (where, index) => {
  test('keeps its rooms, streams and transports', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], `ada${index}`, ['r1', 'r2']);
    await publish(client, `own${index}`, 'r1', 'r2');
    await client.drop();
    expect((await world.recordOf(ticket)).state).toBe('suspended');
    const back = gateways[index].connect();
    const result = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(result.rooms.map(({ roomId }) => roomId).sort()).toEqual(['r1', 'r2']);
    expect(result.lost).toEqual([]);
    expect(result.media).toBeUndefined();
    expect(result.upstreams).toHaveLength(1);
    expect([...result.upstreams[0]!.roomIds].sort()).toEqual(['r1', 'r2']);
    expect(back.session.sessionId).toBe(ticket.sessionId);
    expect(await back.codeOf('room.getSnapshot', { roomId: 'r2' })).toBe(0);
  });
});

describe('a session that is resumed', () => {
  test('is refused with another secret, and accepted with its own one afterwards', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'bob', ['r1']);
    await client.drop();
    const thief = gateways[1].connect();
    const forged = { ...ticket, resumeToken: 'guessed', rooms: [] };
    expect(await thief.codeOf('session.resume', forged)).toBe(codeOf('ROOM_AUTHENTICATION_FAILED'));
    expect(thief.slot.session).toBeUndefined();
    const back = gateways[1].connect();
    expect(await back.codeOf('session.resume', { ...ticket, rooms: [] })).toBe(0);
  });

  test('takes over from an open socket of another gateway, which is closed and ends nothing', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'cat', ['r1']);
    const back = gateways[1].connect();
    expect(await back.codeOf('session.resume', { ...ticket, rooms: [] })).toBe(0);
    await waitFor(() => client.closeCode !== undefined, { timeoutMs, describe: 'the old socket to close' });
    expect(client.closeCode).toBe(clientCloseCodes.sessionMoved);
    await client.drop();
    expect((await world.recordOf(ticket)).state).toBe('live');
  });

  test('stays when a login that timed out before is undone', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'una', ['r1']);
    const { session } = client;
    const bus = gateways[0].app.get(Bus);
    const request = bus.request.bind(bus) as (...args: unknown[]) => Promise<never>;
    const silence = jest
      .spyOn(bus, 'request')
      .mockImplementation((...args) =>
        args[0] === (roomRpc.login as unknown)
          ? Promise.reject(new AppError('BUS_TIMEOUT'))
          : request(...args),
      );
    const timedOut = await client.codeOf('room.login', {
      ...{ appId, mode: 'multi', roomId: 'r2', token: 'any' },
      user: { userId: 'una', userName: 'una' },
    });
    expect(timedOut).toBe(codeOf('ROOM_LOGIN_TIMEOUT'));
    await client.drop();
    const undoing = jest.spyOn(session, 'runForRoom');
    const back = gateways[1].connect();
    await back.call('session.resume', { ...ticket, rooms: [] });
    silence.mockRestore();
    await waitFor(() => undoing.mock.results.length > 0, {
      timeoutMs,
      describe: 'another attempt to undo it',
    });
    await Promise.all(undoing.mock.results.map(({ value }) => value as Promise<unknown>));
    expect((await world.recordOf(ticket)).state).toBe('live');
    expect(await back.codeOf('room.getSnapshot', { roomId: 'r1' })).toBe(0);
  });

  test('is refused with the code with which the session is ended meanwhile', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'dora', ['r1']);
    await client.drop();
    const back = gateways[1].connect();
    const { gatewayId } = gateways[1];
    node.onClose = async () => {
      const { appId, userId, sessionId } = ticket;
      const code = codeOf('ROOM_TOKEN_REVOKED');
      world.bus.publish(
        sessionExpelled,
        { gatewayId },
        { gatewayId, session: { appId, userId, sessionId }, code },
      );
      await waitFor(() => back.eventsOf('room.expelled').length > 0, {
        timeoutMs,
        describe: 'the expulsion',
      });
    };
    const request = { ...ticket, renewMedia: true, rooms: [] };
    expect(await back.codeOf('session.resume', request)).toBe(codeOf('ROOM_TOKEN_REVOKED'));
  });

  test('loses the rooms whose token has expired, and is refused with 1002056 if all have', async () => {
    await start();
    // Long enough for the logins, also on a busy machine.
    const expiresAtMs = Date.now() + 4000;
    world.grantsByToken.set('short', { expiresAtMs });
    const { client, ticket } = await world.login(gateways[0], 'dan', ['r1'], { token: 'short' });
    const only = await world.login(gateways[0], 'eva', ['r1'], { token: 'short' });
    const user = { userId: 'dan', userName: 'dan' };
    await client.call('room.login', { appId: ticket.appId, mode: 'multi', roomId: 'r2', user, token: 'any' });
    await Promise.all([client.drop(), only.client.drop()]);
    await waitFor(() => Date.now() > expiresAtMs, { timeoutMs, describe: 'the token to expire' });
    const back = gateways[1].connect();
    const { lost, rooms } = await back.call('session.resume', { ...ticket, rooms: [] });
    const code = codeOf('ROOM_TOKEN_EXPIRED_KICKED_OUT');
    expect(lost).toEqual([{ roomId: 'r1', code }]);
    expect(rooms.map(({ roomId }) => roomId)).toEqual(['r2']);
    expect(await gateways[1].connect().codeOf('session.resume', { ...only.ticket, rooms: [] })).toBe(code);
  });

  test('gets new transports and no streams if its media node has ended', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'fay', ['r1']);
    await publish(client, 'fays', 'r1');
    await client.drop();
    await node.die();
    await world.addNode('nd_next');
    await world.ready();
    const back = gateways[1].connect();
    const { media, upstreams } = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(media?.nodeId).toBe('nd_next');
    expect(upstreams).toEqual([]);
    expect(back.session.nodeId).toBe('nd_next');
  });

  test('ends the streams that only a lost room showed, and keeps the others', async () => {
    await start();
    const { client, ticket } = await world.login(gateways[0], 'gus', ['r1', 'r2']);
    await publish(client, 'gus-1', 'r1');
    await publish(client, 'gus-2', 'r1', 'r2');
    const { epoch } = client.session.findMembership('r1')!;
    const { ref } = client.session;
    await client.drop();
    // The room has the membership no longer, and the user still has its slot.
    await world.forgetMember(ref, 'r1');
    const back = gateways[1].connect();
    const { lost, upstreams } = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(lost).toEqual([{ roomId: 'r1', code: codeOf('ROOM_SESSION_EXCEPTION_KICKED_OUT') }]);
    expect(upstreams.map(({ streamId, roomIds }) => [streamId, roomIds])).toEqual([['gus-2', ['r2']]]);
    await waitFor(() => back.session.findUpstream('gus-1') === undefined, {
      timeoutMs,
      describe: 'the stream to end',
    });
    const rooms = [{ roomId: 'r1', epoch }];
    const read = await world.bus.request(roomRpc.readMemberRooms, { session: ref, rooms });
    expect(read.lostRoomIds).toEqual(['r1']);
  });
});
