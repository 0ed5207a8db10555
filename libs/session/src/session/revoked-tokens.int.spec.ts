import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Grants, type Revocation, roomAdminRpc, tokensRevoked } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type MediaStandIn } from '../../test/media-stand-in.js';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';
import { RevokedTokens } from './revoked-tokens.js';

const revokedCode = 1190403;
/** The time in which a revocation is in force on live sessions. */
const inForceMs = 2000;
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;
let gateways: [TestGateway, TestGateway];
let node: MediaStandIn;
let nodeCount = 0;

beforeAll(async () => {
  world = await SessionWorld.start();
});
beforeEach(async () => {
  gateways = [await world.addGateway(), await world.addGateway()];
  nodeCount += 1;
  node = await world.addNode(`nd_v${nodeCount}`);
  await world.nodesKnown();
});
afterEach(() => world.clear());
afterAll(() => world?.close());

/** Registers a token that names some rooms, or all. */
function issue(token: string, { roomIds, ...more }: Grants & { roomIds?: string[] } = {}): { token: string } {
  const rights = ['login', 'publish', 'subscribe', 'message', 'share'] as const;
  world.grantsByToken.set(token, {
    issuedAtMs: Math.floor(Date.now() / 1000) * 1000,
    expiresAtMs: Date.now() + 60_000,
    tokenId: `id of ${token}`,
    ...(roomIds === undefined ? {} : { rooms: roomIds.map((roomId) => ({ roomId, rights: [...rights] })) }),
    ...more,
  });
  return { token };
}

/** As auth does; without `isPublished`, the event is lost. */
function revoke(revocation: Revocation, { isPublished = true } = {}): void {
  world.revocations.push(revocation);
  if (isPublished) {
    world.bus.publish(tokensRevoked, {}, { appId, version: world.revocations.length, revocation });
  }
}

function whenExpelled(client: TestClient): Promise<unknown> {
  return waitFor(() => client.eventsOf('room.expelled').length > 0, {
    timeoutMs: inForceMs,
    describe: 'the expulsion',
  });
}

function whenMediaEnds(sessionId: string): Promise<unknown> {
  return waitFor(
    () => node.calls.some((call) => call.method === 'closeSession' && call.sessionId === sessionId),
    {
      timeoutMs: inForceMs,
      describe: 'the end of the media',
    },
  );
}

/** Without the client itself; sessions of earlier tests may be in their grace. */
const othersOf = async (client: TestClient, roomId: string): Promise<string[]> =>
  (await client.call('room.getSnapshot', { roomId })).members.map(({ userId }) => userId).sort();

describe('a revocation', () => {
  test.each<[string, Revocation]>([
    ['of the token', { tokenId: 'id of ada' }],
    ['of the token and its user', { tokenId: 'id of ada', userId: 'ada' }],
    ['of all tokens of the user', { userId: 'ada', issuedBeforeMs: Date.now() + 3_600_000 }],
  ])('ends the live session and its media, and no other: %s', async (_name, revocation) => {
    const { client: bob } = await world.login(gateways[1], 'bob', ['r1'], issue('bob'));
    const { client, ticket } = await world.login(gateways[0], 'ada', ['r1', 'r2'], issue('ada'));
    revoke(revocation);
    await whenExpelled(client);
    expect(client.eventsOf('room.expelled')).toEqual([{ code: revokedCode }]);
    await whenMediaEnds(ticket.sessionId);
    await waitFor(async () => !(await othersOf(bob, 'r1')).includes('ada'), { describe: 'ada to be gone' });
    expect(bob.eventsOf('room.expelled')).toEqual([]);
  });

  test('of all tokens of the AppID ends every session with one, and none with an AppSign', async () => {
    const { client: bob } = await world.login(gateways[1], 'bob', ['r1'], issue('bob'));
    const { client: ada } = await world.login(gateways[0], 'ada', ['r1'], issue('ada'));
    const { client: eve } = await world.login(gateways[0], 'eve', ['r1'], { appSign: 'a'.repeat(64) });
    revoke({ issuedBeforeMs: Date.now() + 3_600_000 });
    await Promise.all([whenExpelled(bob), whenExpelled(ada)]);
    const areThere = async () =>
      (await othersOf(eve, 'r1')).some((userId) => ['ada', 'bob'].includes(userId));
    await waitFor(async () => !(await areThere()), { describe: 'the others to be gone' });
  });

  test('ends only the rooms whose newest token it is', async () => {
    const client = gateways[0].connect();
    for (const roomId of ['r1', 'r2']) {
      const user = { userId: 'ada', userName: 'ada' };
      const { token } = issue(roomId, { roomIds: [roomId] });
      await client.call('room.login', { appId, mode: 'multi', roomId, user, token });
    }
    revoke({ tokenId: 'id of r1' });
    await whenExpelled(client);
    expect(client.eventsOf('room.expelled')).toEqual([{ roomId: 'r1', code: revokedCode }]);
    expect(await client.codeOf('room.getSnapshot', { roomId: 'r2' })).toBe(0);
    expect(await client.codeOf('room.getSnapshot', { roomId: 'r1' })).not.toBe(0);
  });

  test('of a token that a renewal has replaced ends nothing', async () => {
    const { client } = await world.login(gateways[0], 'ada', ['r1'], issue('ada'));
    await client.call('room.renewToken', { roomId: 'r1', ...issue('next') });
    revoke({ tokenId: 'id of ada' });
    // The second event follows the first: it shows that both have been handled.
    const { client: witness } = await world.login(gateways[0], 'witness', ['r1'], issue('witness'));
    revoke({ tokenId: 'id of witness' });
    await whenExpelled(witness);
    expect(client.eventsOf('room.expelled')).toEqual([]);
    expect(await client.codeOf('room.getSnapshot', { roomId: 'r1' })).toBe(0);
  });

  test('ends a room that is entered while the token is revoked', async () => {
    const { client } = await world.login(gateways[0], 'ada', ['r1'], issue('first', { roomIds: ['r1'] }));
    const credentials = issue('late', { roomIds: ['r2'] });
    // Auth accepts the token; the event overtakes the login.
    world.onAuthenticate = async () => {
      revoke({ tokenId: 'id of late' });
      await world.bus.flush();
    };
    const user = { userId: 'ada', userName: 'ada' };
    await client.call('room.login', { appId, mode: 'multi', roomId: 'r2', user, ...credentials });
    await whenExpelled(client);
    expect(client.eventsOf('room.expelled')).toEqual([{ roomId: 'r2', code: revokedCode }]);
  });

  test('ends the session also if the event is lost', async () => {
    const { client } = await world.login(gateways[0], 'ada', ['r1'], issue('ada'));
    const { client: bob } = await world.login(gateways[0], 'bob', ['r1'], issue('bob'));
    revoke({ userId: 'ada', issuedBeforeMs: Date.now() + 3_600_000 }, { isPublished: false });
    await gateways[0].app.get(RevokedTokens).compareAll();
    await whenExpelled(client);
    expect(bob.eventsOf('room.expelled')).toEqual([]);
  });
});

describe('a session without a socket', () => {
  test('ends with its media when its token is revoked, and its resume is refused', async () => {
    const { client: bob } = await world.login(gateways[1], 'bob', ['r1'], issue('bob'));
    const { client, ticket } = await world.login(gateways[0], 'ada', ['r1'], issue('ada'));
    await client.drop();
    expect(await othersOf(bob, 'r1')).toContain('ada');
    revoke({ tokenId: 'id of ada' });
    await waitFor(async () => !(await othersOf(bob, 'r1')).includes('ada'), {
      timeoutMs: inForceMs,
      describe: 'ada to be gone',
    });
    const back = gateways[1].connect();
    expect(await back.codeOf('session.resume', { ...ticket, rooms: [] })).toBe(revokedCode);
  });

  test('is refused the resume also if the event is lost', async () => {
    const { client, ticket } = await world.login(gateways[0], 'ada', ['r1', 'r2'], issue('ada'));
    await client.drop();
    revoke({ tokenId: 'id of ada' }, { isPublished: false });
    const back = gateways[1].connect();
    expect(await back.codeOf('session.resume', { ...ticket, rooms: [] })).toBe(revokedCode);
    await whenMediaEnds(ticket.sessionId);
  });

  test.each<[string, number, (userId: string) => Promise<unknown>]>([
    [
      'its token is revoked',
      revokedCode,
      async (userId) => {
        revoke({ tokenId: `id of ${userId}` });
        await world.bus.flush();
      },
    ],
    [
      'its user is banned',
      1002055,
      (userId) => world.manage(roomAdminRpc.setBan, { appId, userId, forMs: 60_000 }),
    ],
  ])('is refused the resume during which %s, and holds nothing', async (what, code, act) => {
    const userId = what.replaceAll(' ', '-');
    const { client, ticket } = await world.login(gateways[0], userId, ['r1'], issue(userId));
    await client.drop();
    const back = gateways[1].connect();
    world.onFindRevoked = async () => {
      world.onFindRevoked = () => {};
      await act(userId);
      await whenExpelled(back);
    };
    expect(await back.codeOf('session.resume', { ...ticket, rooms: [] })).toBe(code);
    expect(back.eventsOf('room.expelled')).toEqual([{ code }]);
    expect(back.slot.session).toBeUndefined();
    await whenMediaEnds(ticket.sessionId);
    const { client: bob } = await world.login(gateways[0], 'bob', ['r1'], issue('bob'));
    await waitFor(async () => !(await othersOf(bob, 'r1')).includes(userId), { describe: 'it to be gone' });
    expect(await back.codeOf('room.getSnapshot', { roomId: 'r1' })).not.toBe(0);
  });

  test('reports a room as lost that is taken away during the resume', async () => {
    const { client, ticket } = await world.login(gateways[0], 'kai', ['r1', 'r2'], issue('kai'));
    await client.drop();
    const back = gateways[1].connect();
    world.onFindRevoked = async () => {
      await world.manage(roomAdminRpc.kickUser, { appId, userId: 'kai', roomId: 'r1' });
      await whenExpelled(back);
    };
    const result = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(back.eventsOf('room.expelled')).toEqual([{ roomId: 'r1', code: 1002055 }]);
    expect(result.rooms.map(({ roomId }) => roomId)).toEqual(['r2']);
    expect(result.lost).toEqual([{ roomId: 'r1', code: 1002057 }]);
  });

  test('resumes in the rooms of its other tokens, and gets the code of the lost one', async () => {
    const client = gateways[0].connect();
    const user = { userId: 'ada', userName: 'ada' };
    let ticket = { appId, userId: 'ada', sessionId: '', resumeToken: '' };
    for (const roomId of ['r1', 'r2']) {
      const { token } = issue(roomId, { roomIds: [roomId] });
      const result = await client.call('room.login', { appId, mode: 'multi', roomId, user, token });
      ticket = {
        ...ticket,
        sessionId: result.sessionId,
        resumeToken: result.resumeToken ?? ticket.resumeToken,
      };
    }
    await client.call('stream.publish', { streamId: 'v1', channel: 0, roomId: 'r1' });
    await client.call('stream.produce', { streamId: 'v1', kind: 'audio', rtpParameters });
    await client.call('stream.share', { streamId: 'v1', roomId: 'r1' });
    await client.drop();
    revoke({ tokenId: 'id of r1' }, { isPublished: false });
    const back = gateways[1].connect();
    const result = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(result.rooms.map(({ roomId }) => roomId)).toEqual(['r2']);
    expect(result.lost).toEqual([{ roomId: 'r1', code: revokedCode }]);
    expect(result.upstreams).toEqual([]);
    await waitFor(() => node.calls.some(({ method }) => method === 'closeUpstream'), {
      timeoutMs: inForceMs,
      describe: 'the end of the stream',
    });
  });
});
