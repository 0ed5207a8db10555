import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { addressBansChanged, roomAdminRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type Ticket } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';
import { BannedAddresses } from './banned-addresses.js';

const timeoutMs = 10_000;
const kicked = 1002055;
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;

beforeAll(async () => {
  world = await SessionWorld.start();
});
afterEach(() => world.clear());
afterAll(() => world?.close());

async function login(client: TestClient, userId: string, roomId: string): Promise<Ticket> {
  const user = { userId, userName: userId };
  const credentials = { token: 'any' };
  const result = await client.call('room.login', { appId, mode: 'multi', roomId, user, ...credentials });
  return { appId, userId, sessionId: result.sessionId, resumeToken: result.resumeToken! };
}

test('a banned network loses its live sessions at every gateway at once, with their media', async () => {
  const gateways = [await world.addGateway(), await world.addGateway()];
  const node = await world.addNode('nd_banned');
  await world.ready();
  const banned = gateways.map((gateway, index) => gateway.connect(`198.51.100.${index + 1}`));
  const other = gateways[0]!.connect('203.0.113.1');
  const tickets = [];
  for (const [index, client] of banned.entries()) {
    tickets.push(await login(client, `mallory-${index}`, 'r1'));
  }
  await login(other, 'ada', 'r1');
  await banned[0]!.call('stream.publish', { streamId: 's1', channel: 0, roomId: 'r1' });
  await banned[0]!.call('stream.produce', { streamId: 's1', kind: 'audio', rtpParameters });
  await banned[0]!.call('stream.share', { streamId: 's1', roomId: 'r1' });

  await world.manage(roomAdminRpc.setBan, { appId, address: '198.51.100.0/24', forMs: 60_000 });

  for (const [index, client] of banned.entries()) {
    await waitFor(() => client.eventsOf('room.expelled').length > 0, {
      timeoutMs,
      describe: 'the expulsion',
    });
    expect(client.eventsOf('room.expelled')).toEqual([{ code: kicked }]);
    const { sessionId } = tickets[index]!;
    await waitFor(
      () => node.calls.some((call) => call.method === 'closeSession' && call.sessionId === sessionId),
      { timeoutMs, describe: 'the end of the media' },
    );
  }
  await waitFor(async () => (await other.call('room.getSnapshot', { roomId: 'r1' })).memberCount === 1, {
    timeoutMs,
    describe: 'the room to have one member',
  });
  expect(other.eventsOf('room.expelled')).toEqual([]);
  const again = gateways[1]!.connect('198.51.100.9');
  const resuming = { ...tickets[0]!, rooms: [] };
  expect(await again.codeOf('session.resume', resuming)).toBe(1000039);
  await world.manage(roomAdminRpc.setBan, { appId, address: '198.51.100.0/24', forMs: 0 });
});

describe('a ban that the room service learns of after it has admitted the client', () => {
  /** The event alone, as if the instance that admits still had the former list. */
  const announce = async (address: string | undefined): Promise<void> => {
    world.bus.publish(addressBansChanged, {}, { appId, ...(address === undefined ? {} : { address }) });
    await world.bus.flush();
  };

  test('ends a session whose login was in progress', async () => {
    const gateway = await world.addGateway();
    await world.addNode('nd_late');
    await world.ready();
    world.onAuthenticate = () => announce('198.51.100.0/24');
    const client = gateway.connect('198.51.100.7');
    await login(client, 'late', 'r2');
    await waitFor(() => client.eventsOf('room.expelled').length > 0, {
      timeoutMs,
      describe: 'the expulsion',
    });
    expect(client.eventsOf('room.expelled')).toEqual([{ code: kicked }]);
  });

  test('ends a session that resumes meanwhile, unless the ban is lifted again', async () => {
    const gateway = await world.addGateway();
    await world.addNode('nd_back');
    await world.ready();
    const before = gateway.connect('203.0.113.7');
    const ticket = await login(before, 'back', 'r3');
    await announce('198.51.100.0/24');
    for (const [address, expelled] of [
      ['203.0.113.7', 0],
      ['198.51.100.7', 1],
    ] as const) {
      const client = gateway.connect(address);
      await client.call('session.resume', { ...ticket, rooms: [] });
      expect(client.eventsOf('room.expelled')).toHaveLength(expelled);
    }
    await announce('198.51.101.0/24');
    await announce(undefined);
    const client = gateway.connect('198.51.101.7');
    await login(client, 'freed', 'r3');
    expect(client.eventsOf('room.expelled')).toEqual([]);
  });
});

test('ends the sessions of a banned network also if the event is lost, and no other', async () => {
  const gateway = await world.addGateway();
  await world.addNode('nd_lost');
  await world.ready();
  const [banned, other] = [gateway.connect('198.51.102.7'), gateway.connect('203.0.113.1')];
  await login(banned, 'missed', 'r4');
  await login(other, 'kept', 'r4');
  // It receives no event any more.
  gateway.app.get(BannedAddresses).onModuleDestroy();
  await world.manage(roomAdminRpc.setBan, { appId, address: '198.51.102.0/24', forMs: 60_000 });
  expect(banned.eventsOf('room.expelled')).toEqual([]);
  await gateway.app.get(BannedAddresses).check();
  await waitFor(() => banned.eventsOf('room.expelled').length > 0, { timeoutMs, describe: 'the expulsion' });
  expect(banned.eventsOf('room.expelled')).toEqual([{ code: kicked }]);
  expect(other.eventsOf('room.expelled')).toEqual([]);
  await world.manage(roomAdminRpc.setBan, { appId, address: '198.51.102.0/24', forMs: 0 });
});
