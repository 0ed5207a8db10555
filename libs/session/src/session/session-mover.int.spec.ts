import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { roomAdminRpc } from '@polyroom/contracts';
import { type MediaStandIn } from '../../test/media-stand-in.js';
import { appId, SessionWorld, type Ticket } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';
import { waitFor } from '@polyroom/testing';

const timeoutMs = 10_000;
let world: SessionWorld;

beforeAll(async () => {
  world = await SessionWorld.start();
});
afterAll(async () => {
  await world?.close();
});
afterEach(async () => {
  world.room.continue();
  await world.clear();
});

/** The events of moves that a client got, as `reason nodeId`. */
function movesOf(client: TestClient): string[] {
  return client.eventsOf('media.moved').map(({ media, reason }) => `${reason} ${media.nodeId}`);
}

async function whenMoved(client: TestClient, ...moves: string[]): Promise<void> {
  await waitFor(() => movesOf(client).length >= moves.length, { timeoutMs, describe: 'the session to move' });
  expect(movesOf(client)).toEqual(moves);
}

async function whenRecorded(ticket: Ticket, nodeId: string): Promise<void> {
  await waitFor(async () => (await world.recordedNodeOf(ticket)) === nodeId, {
    timeoutMs,
    describe: `${nodeId} to be recorded`,
  });
}

/** Adds media nodes; sessions are placed on the first one that is usable. */
async function addNodes(...nodeIds: string[]): Promise<MediaStandIn[]> {
  const nodes: MediaStandIn[] = [];
  for (const [index, nodeId] of nodeIds.entries()) {
    nodes.push(await world.addNode(nodeId, index * 0.2));
  }
  await world.ready();
  return nodes;
}

describe('a draining media node', () => {
  test('hands its sessions over to another node, and keeps their transports until the clients settle', async () => {
    const gateway = await world.addGateway();
    const [first, second] = await addNodes('nd_a1', 'nd_a2');
    const { client } = await world.login(gateway, 'ada', ['r1', 'r2']);
    const { sessionId } = client.session;
    expect(first!.holds(sessionId)).toBe(true);
    first!.drain();
    await whenMoved(client, 'draining nd_a2');
    expect(client.session.nodeId).toBe('nd_a2');
    expect([first!.holds(sessionId), second!.holds(sessionId)]).toEqual([true, true]);
    await client.call('media.settle', {});
    expect([first!.holds(sessionId), second!.holds(sessionId)]).toEqual([false, true]);
    expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1', 'r2']);
  });
});

describe('a node that drains or dies while a session moves to it', () => {
  test.each([
    ['drains', 'draining'],
    ['loses the worker of the session', 'lost'],
  ])('moves the session on: it %s', async (_what, reason) => {
    const gateway = await world.addGateway();
    const names = [`nd_${reason}1`, `nd_${reason}2`, `nd_${reason}3`];
    const [first, second] = await addNodes(...names);
    const { client } = await world.login(gateway, `moved-${reason}`, ['r1']);
    const { promise, resolve } = Promise.withResolvers<void>();
    second!.onOpen = () => promise;
    first!.drain();
    await waitFor(() => second!.count('openSession') === 1, { timeoutMs, describe: 'the first move' });
    if (reason === 'draining') {
      second!.drain();
    } else {
      second!.cpuLoad = 1;
      second!.report();
      second!.loseSession(client.session.ref);
    }
    await second!.flush();
    resolve();
    await whenMoved(client, `draining ${names[1]}`, `${reason} ${names[2]}`);
    expect(client.session.nodeId).toBe(names[2]);
  });
});

describe('a node that could not be reached for a while', () => {
  test('closes what it still holds of a session that has moved', async () => {
    const gateway = await world.addGateway();
    const [first, second] = await addNodes('nd_cut1', 'nd_cut2');
    const { client } = await world.login(gateway, 'moved-away', ['r1']);
    const { sessionId } = client.session;
    await first!.cut();
    await whenMoved(client, 'lost nd_cut2');
    expect([first!.holds(sessionId), second!.holds(sessionId)]).toEqual([true, true]);
    await first!.start();
    await waitFor(() => !first!.holds(sessionId), { timeoutMs, describe: 'the old session to close' });
    expect(second!.holds(sessionId)).toBe(true);
  });

  test('closes a session that has ended meanwhile', async () => {
    const gateway = await world.addGateway();
    const [node] = await addNodes('nd_cut3');
    const { client } = await world.login(gateway, 'gone', ['r1']);
    const { sessionId } = client.session;
    await node!.cut();
    await client.call('room.logout', {});
    expect(node!.holds(sessionId)).toBe(true);
    await node!.start();
    await waitFor(() => !node!.holds(sessionId), { timeoutMs, describe: 'the session to close' });
  });
});

test('a client whose media does not connect gets other transports, and keeps its rooms and its socket', async () => {
  const gateway = await world.addGateway();
  const [node] = await addNodes('nd_renew');
  const { client } = await world.login(gateway, 'renewing', ['r1', 'r2']);
  const { sessionId } = client.session;
  await Promise.all([client.call('media.renew', {}), client.call('media.renew', {})]);
  await whenMoved(client, 'lost nd_renew');
  expect(node!.holds(sessionId)).toBe(true);
  expect(node!.calls.some((call) => isEndOf(call, sessionId))).toBe(true);
  expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1', 'r2']);
});

describe('a session that ends while it moves', () => {
  test.each(['onOpen', 'onClose'] as const)(
    'leaves nothing on the next node: %s is pending',
    async (step) => {
      const gateway = await world.addGateway();
      const names = ['1', '2', '3'].map((number) => `nd_${step}${number}`);
      const [first, second, third] = await addNodes(...names);
      const { client } = await world.login(gateway, `ends-${step}`, ['r1']);
      const { sessionId } = client.session;
      // The client does not settle: the second move closes what the first one has left.
      first!.drain();
      await whenMoved(client, `draining ${names[1]}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      let isHeld = false;
      (step === 'onOpen' ? third! : first!)[step] = () => {
        isHeld = true;
        return promise;
      };
      second!.drain();
      await waitFor(() => isHeld, { timeoutMs, describe: 'the move to stand still' });
      await world.manage(roomAdminRpc.setBan, { appId, userId: client.session.ref.userId, forMs: 60_000 });
      await waitFor(() => client.eventsOf('room.expelled').length > 0, { timeoutMs, describe: 'the ban' });
      resolve();
      await waitFor(() => third!.calls.some((call) => isEndOf(call, sessionId)), {
        timeoutMs,
        describe: 'the end on the next node',
      });
      expect(third!.holds(sessionId)).toBe(false);
      expect(movesOf(client)).toEqual([`draining ${names[1]}`]);
    },
  );
});

const isEndOf = (call: MediaStandIn['calls'][number], sessionId: string): boolean =>
  call.method === 'closeSession' && call.sessionId === sessionId;

describe('a media node that dies', () => {
  test('has its sessions moved: what they publish stays, what they play must be played again', async () => {
    const gateway = await world.addGateway();
    const [first] = await addNodes('nd_b1', 'nd_b2');
    const { client } = await world.login(gateway, 'bob', ['r1']);
    const { session } = client;
    await client.call('stream.publish', { streamId: 'own', channel: 0, roomId: 'r1' });
    session.bind('other', 'r1');
    await first!.die();
    await whenMoved(client, 'lost nd_b2');
    expect(session.findUpstream('own')).toBeDefined();
    expect([session.downlinks.has('other'), session.downlinks.wants('other')]).toEqual([false, true]);
  });

  test('has its sessions moved to the next node if the chosen one does not answer', async () => {
    const gateway = await world.addGateway();
    const [first, second] = await addNodes('nd_c1', 'nd_c2', 'nd_c3');
    const { client } = await world.login(gateway, 'cat', ['r1']);
    await second!.die();
    await first!.die();
    await whenMoved(client, 'lost nd_c3');
  });
});

describe('the record of a session', () => {
  test('names the new node after a move, so that a resume asks only that node', async () => {
    const [gateway, other] = [await world.addGateway(), await world.addGateway()];
    const [first, second, third] = await addNodes('nd_d1', 'nd_d2', 'nd_d3');
    const { client, ticket } = await world.login(gateway, 'dan', ['r1']);
    first!.drain();
    await whenMoved(client, 'draining nd_d2');
    await whenRecorded(ticket, 'nd_d2');
    await client.drop();
    const back = other.connect();
    const { media } = await back.call('session.resume', { ...ticket, rooms: [] });
    expect(media).toBeUndefined();
    expect(back.session.nodeId).toBe('nd_d2');
    expect([first, second, third].map((node) => node!.count('getSession'))).toEqual([0, 1, 0]);
  });

  test('names the last node if the room service is away during two moves', async () => {
    const gateway = await world.addGateway();
    const [first, second] = await addNodes('nd_e1', 'nd_e2', 'nd_e3');
    const { client, ticket } = await world.login(gateway, 'eva', ['r1']);
    world.room.pause();
    first!.drain();
    await whenMoved(client, 'draining nd_e2');
    second!.drain();
    await whenMoved(client, 'draining nd_e2', 'draining nd_e3');
    world.room.continue();
    await whenRecorded(ticket, 'nd_e3');
  });

  test('names the node that answered if the first choice of a login did not', async () => {
    const gateway = await world.addGateway();
    const [first] = await addNodes('nd_f1', 'nd_f2');
    await first!.die();
    const { client, ticket } = await world.login(gateway, 'fay', ['r1']);
    expect(client.session.nodeId).toBe('nd_f2');
    await whenRecorded(ticket, 'nd_f2');
  });

  test('is not changed by a gateway that no longer holds the session', async () => {
    const [gateway, other] = [await world.addGateway(), await world.addGateway()];
    await addNodes('nd_g1');
    const { ticket } = await world.login(gateway, 'gus', ['r1']);
    const back = other.connect();
    await back.call('session.resume', { ...ticket, rooms: [] });
    await world.setNode({ ...ticket, attach: 1 }, 'nd_late');
    expect(await world.recordedNodeOf(ticket)).toBe('nd_g1');
    await world.setNode({ ...ticket, attach: 2 }, 'nd_new');
    expect(await world.recordedNodeOf(ticket)).toBe('nd_new');
  });
});
