import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus, EventLog, KeyValueBucket } from '@polyroom/bus';
import {
  auditRpc,
  authRpc,
  interopRpc,
  mediaPipeRpc,
  messagingReported,
  messagingRpc,
  newId,
  recorderRpc,
  recordingRpc,
  nodeSubject,
  type ParsedRequestOf,
  roomFact,
  roomAdminRpc,
  roomMessage,
  roomRpc,
  roomSpeaker,
  sessionEnded,
  speakersReported,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { waitFor } from '@polyroom/testing';
import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import { RunningService } from './running-service.js';
import { natsUsers, ShippedNats } from './shipped-nats.js';

const buses = new Map<string, Bus>();
let nats: ShippedNats;

beforeAll(async () => {
  nats = await ShippedNats.start();
  for (const user of natsUsers) {
    buses.set(user, await Bus.connect({ url: nats.urlOf(user), name: user }));
  }
});

afterAll(async () => {
  await Promise.all([...buses.values()].map((bus) => bus.close()));
  await nats.close();
});

function bus(user: string): Bus {
  return buses.get(user)!;
}

const heartbeat = { gatewayId: 'gw_1' };

describe('with its own user', () => {
  test('the room service answers the gateway', async () => {
    const { subject } = roomRpc.heartbeat;
    const answering = bus('room').respond(roomRpc.heartbeat, subject, 'room', async () => ({
      leaseMs: 1,
      known: true,
    }));
    await bus('room').flush();
    expect(await bus('gateway').request(roomRpc.heartbeat, heartbeat)).toEqual({ leaseMs: 1, known: true });
    answering.close();
  });

  test('the media service does not get an answer from the room service', async () => {
    const { subject } = roomRpc.heartbeat;
    let asked = 0;
    const answering = bus('room').respond(roomRpc.heartbeat, subject, 'room', async () => {
      asked++;
      return { leaseMs: 1, known: true };
    });
    await bus('room').flush();
    await expect(bus('media').request(roomRpc.heartbeat, heartbeat, { timeoutMs: 500 })).rejects.toThrow();
    expect(asked).toBe(0);
    answering.close();
  });

  test('the services that verify statements read the keys from auth, and only auth answers', async () => {
    const { getStatementKeys } = authRpc;
    const answer = (user: string) =>
      bus(user).respond(getStatementKeys, getStatementKeys.subject, user, async () => ({
        keys: [{ kid: user, x: '', notAfterMs: 0 }],
      }));
    const answering = ['auth', 'gateway', 'media'].map(answer);
    await Promise.all(['auth', 'gateway', 'media'].map((user) => bus(user).flush()));
    for (const user of ['auth', 'room', 'messaging', 'recorder']) {
      const { keys } = await bus(user).request(getStatementKeys, {});
      expect([user, keys.map(({ kid }) => kid)]).toEqual([user, ['auth']]);
    }
    answering.forEach((subscription) => subscription.close());
  });

  test('only the room service publishes facts of rooms', async () => {
    const received: string[] = [];
    const listening = bus('gateway').subscribe(
      roomFact,
      {},
      ({ fact }) => void received.push(fact.roomEpoch),
    );
    await bus('gateway').flush();
    const fact = (roomEpoch: string) => ({
      appId: 1,
      roomId: 'r',
      fact: {
        type: 'memberLeft' as const,
        roomEpoch,
        seq: 1,
        origin: { sessionId: 'se_1' },
        user: { userId: 'u', userName: 'u' },
        memberCount: 0,
      },
    });
    for (const user of ['media', 'messaging', 'recorder', 'auth', 'room']) {
      bus(user).publish(roomFact, { appId: 1, roomId: 'r' }, fact(user));
      await bus(user).flush();
    }
    await waitFor(() => received.length > 0, { describe: 'the fact' });
    expect(received).toEqual(['room']);
    listening.close();
  });

  test('auth has the rooms and messages of a deleted AppID removed, and asks for nothing else', async () => {
    const { closeApp, closeRoom } = roomAdminRpc;
    const { purgeApp } = messagingRpc;
    const closed = { rooms: 0, members: 0, isComplete: true };
    const answering = [
      bus('room').respond(closeApp, closeApp.subject, 'room', async () => closed),
      bus('room').respond(closeRoom, closeRoom.subject, 'room', async () => ({ members: 0 })),
      bus('messaging').respond(purgeApp, purgeApp.subject, 'messaging', async () => ({})),
    ];
    await Promise.all([bus('room').flush(), bus('messaging').flush()]);
    await expect(bus('auth').request(closeApp, { appId: 1 })).resolves.toEqual(closed);
    await expect(bus('auth').request(purgeApp, { appId: 1 })).resolves.toEqual({});
    const other = bus('auth').request(closeRoom, { appId: 1, roomId: 'r' }, { timeoutMs: 500 });
    await expect(other).rejects.toThrow();
    answering.forEach((subscription) => subscription.close());
  });

  test('only a gateway reports acts for the audit', async () => {
    const { recordActs } = auditRpc;
    const reporters: string[] = [];
    const answering = bus('auth').respond(recordActs, recordActs.subject, 'auth', async (request) => {
      const { acts } = request as ParsedRequestOf<typeof recordActs>;
      reporters.push(...acts.map(({ reportId }) => reportId));
      return { refused: [] };
    });
    await bus('auth').flush();
    const act = {
      ...{ atMs: 1, statement: 's', action: 'room.close' as const },
      ...{ appId: 1, subject: 'room:r', outcome: 'done' as const },
    };
    for (const user of ['interop', 'room', 'messaging', 'recorder', 'media', 'gateway']) {
      await bus(user)
        .request(recordActs, { acts: [{ ...act, reportId: user }] }, { timeoutMs: 300 })
        .catch(() => undefined);
    }
    expect(reporters).toEqual(['gateway']);
    answering.close();
  });

  test('a media node asks another one for a stream', async () => {
    const request = { pipeId: newId('pipe') };
    const subject = nodeSubject(mediaPipeRpc.closePipe, 'nd_other');
    const answering = bus('media').respond(mediaPipeRpc.closePipe, subject, undefined, async () => ({}));
    await bus('media').flush();
    await expect(bus('media').requestNode(mediaPipeRpc.closePipe, 'nd_other', request)).resolves.toEqual({});
    answering.close();
  });

  test('one interop instance asks another for a WHIP session that it holds', async () => {
    const request = { appId: 1, sessionId: 'se_1', token: 't' };
    const subject = nodeSubject(interopRpc.endSession, 'gw_other');
    const { endSession } = interopRpc;
    const answering = bus('interop').respond(endSession, subject, undefined, async () => ({}));
    await bus('interop').flush();
    await expect(bus('interop').requestNode(endSession, 'gw_other', request)).resolves.toEqual({});
    answering.close();
  });

  test('a gateway receives the reports of a messaging instance and addresses it by name', async () => {
    const received: string[] = [];
    const listening = bus('gateway').subscribe(
      messagingReported,
      {},
      ({ instanceId }) => void received.push(instanceId),
    );
    const { readHistory } = messagingRpc;
    const history = { position: { epoch: '', seq: 0 }, gone: false, messages: [] };
    const subject = nodeSubject(readHistory, 'in_one');
    const answering = bus('messaging').respond(readHistory, subject, undefined, async () => history);
    await Promise.all([bus('gateway').flush(), bus('messaging').flush()]);
    bus('messaging').publish(messagingReported, {}, { instanceId: 'in_one', state: 'active' });
    await waitFor(() => received.length > 0, { describe: 'the instance' });
    const request = { appId: 1, roomId: 'r', epoch: '', sinceSeq: 0, limit: 0 };
    await expect(bus('gateway').request(readHistory, request, { instanceId: received[0]! })).resolves.toEqual(
      history,
    );
    listening.close();
    answering.close();
  });

  test('a media node receives the end of a session', async () => {
    const ended: string[] = [];
    const listening = bus('media').subscribe(
      sessionEnded,
      {},
      ({ session }) => void ended.push(session.userId),
    );
    await bus('media').flush();
    bus('room').publish(sessionEnded, {}, { session: { appId: 1, userId: 'gone', sessionId: 'se_1' } });
    await waitFor(() => ended.length > 0, { describe: 'the end of the session' });
    expect(ended).toEqual(['gone']);
    listening.close();
  });
});

test('the messaging service stores messages, and gateways receive what is stored', async () => {
  const { getEntitlements } = authRpc;
  const auth = bus('auth').respond(getEntitlements, getEntitlements.subject, 'auth', async () => ({
    entitlements: defaultEntitlements,
    version: 1,
  }));
  const received: string[] = [];
  const listening = bus('gateway').subscribe(roomMessage, { appId: 1, roomId: 'r' }, ({ type }) => {
    received.push(type);
  });
  await Promise.all([bus('auth').flush(), bus('gateway').flush()]);
  const messaging = await RunningService.start('messaging', { POLYROOM_NATS_URL: nats.urlOf('messaging') });
  try {
    const room = { appId: 1, roomId: 'r' };
    const from = { userId: 'u', userName: 'u' };
    const message = {
      ...room,
      from,
      kind: 'broadcast' as const,
      category: 'chat' as const,
      content: 'hello',
    };
    const { outcomes } = await bus('gateway').request(messagingRpc.send, {
      messages: [{ ...message, clientMessageId: 'm1' }],
    });
    expect(outcomes).toMatchObject([{ sent: { seq: 1 } }]);
    const query = { ...room, epoch: '', sinceSeq: 0, limit: 10 };
    const { messages } = await bus('gateway').request(messagingRpc.readHistory, query);
    expect(messages).toMatchObject([{ content: 'hello' }]);
    await waitFor(() => received.length > 0, { describe: 'the stored message' });
    expect(received).toEqual(['stored']);
  } finally {
    await messaging.close();
    [auth, listening].forEach((subscription) => subscription.close());
  }
});

test('the room service writes, reads and deletes event logs', async () => {
  const log = new EventLog(bus('room'));
  const limits = { maxAgeMs: 60_000, maxBytes: 1_000_000 };
  const event = { id: '1', type: 'room.opened' as const, atMs: 1, data: {} };
  const owner = { appId: 1, roomId: 'a' };
  expect(await log.transfer(owner, 'outbox', limits, async () => [event])).toBe('1');
  expect(await log.transfer(owner, 'outbox', { ...limits, maxAgeMs: 90_000 }, async () => [event])).toBe('1');
  expect(await log.read(1, { limit: 10 })).toMatchObject({
    events: [{ type: 'room.opened', roomId: 'a', seq: 1 }],
  });
  await log.delete(1);
  expect(await log.read(1, { limit: 10 })).toMatchObject({ events: [] });
});

describe('the recorder', () => {
  test('keeps its orders in a bucket, to which no other service writes', async () => {
    const name = 'recording-orders';
    const bucket = await KeyValueBucket.open(bus('recorder'), { name, schema: z.string() });
    const received: string[] = [];
    const watch = bucket.watch({
      onSnapshot: (entries) => void received.push(...entries.map(({ value }) => value)),
      onChange: ({ value }) => void received.push(value),
      onDelete: () => void received.push('deleted'),
      onFailure: (error) => void received.push(String(error)),
    });
    const revision = (await bucket.create('1.a', 'one'))!;
    await watch.catchUp(5000);
    const updated = (await bucket.update('1.a', 'two', revision))!;
    for (const user of natsUsers.filter((each) => each !== 'recorder')) {
      bus(user).natsConnection.publish(`$KV.${name}.1.a`, '"overwritten"');
      await bus(user).flush();
    }
    expect(await bucket.get('1.a')).toMatchObject({ value: 'two', revision: updated });
    expect(await bucket.delete('1.a', updated)).toBe(true);
    await watch.catchUp(5000);
    watch.close();
    expect(received).toEqual(['one', 'two', 'deleted']);
    const opening = KeyValueBucket.open(bus('recorder'), { name: 'another', schema: z.string() });
    await expect(opening).rejects.toThrow(/permission|timeout/i);
  });

  test('answers gateways, asks its other instances, the room service and media nodes', async () => {
    const request = { appId: 1, recordingId: `rc_1_${'0'.repeat(32)}` };
    const { endOwnRecording, endRecording } = recorderRpc;
    const { stopRecording } = recordingRpc;
    const answering = [
      bus('recorder').respond(endRecording, endRecording.subject, 'recorder', async (asked) =>
        bus('recorder').requestNode(endOwnRecording, 'in_other', asked as typeof request),
      ),
      bus('recorder').respond(
        endOwnRecording,
        nodeSubject(endOwnRecording, 'in_other'),
        undefined,
        async () => {
          const { recordingId } = request;
          const { stopped } = await bus('recorder').requestNode(stopRecording, 'nd_1', { recordingId });
          await bus('recorder').request(roomAdminRpc.findStream, { appId: 1, streamId: 's' });
          return { streams: stopped };
        },
      ),
      bus('media').respond(stopRecording, nodeSubject(stopRecording, 'nd_1'), undefined, async () => ({
        stopped: 3,
      })),
      bus('room').respond(roomAdminRpc.findStream, roomAdminRpc.findStream.subject, 'room', async () => ({
        nodeId: 'nd_1',
      })),
    ];
    await Promise.all(['recorder', 'media', 'room'].map((user) => bus(user).flush()));
    expect(await bus('gateway').request(endRecording, request)).toEqual({ streams: 3 });
    answering.forEach((subscription) => subscription.close());
  });
});

test('gateways receive audio levels from the media node, and speakers of a room from each other', async () => {
  const received: string[] = [];
  const speaker = { streamId: 's', volume: -30 };
  const session = { appId: 1, userId: 'u', sessionId: newId('session') };
  const subscriptions = [
    bus('gateway').subscribe(speakersReported, {}, () => void received.push('node')),
    bus('gateway').subscribe(roomSpeaker, { appId: 1, roomId: 'r' }, () => void received.push('room')),
  ];
  await bus('gateway').flush();
  bus('media').publish(speakersReported, {}, { speakers: [{ session, ...speaker }] });
  bus('gateway').publish(
    roomSpeaker,
    { appId: 1, roomId: 'r' },
    { appId: 1, roomId: 'r', userId: 'u', ...speaker },
  );
  await waitFor(() => received.length === 2, { describe: 'both' });
  expect(received.sort()).toEqual(['node', 'room']);
  subscriptions.forEach((subscription) => subscription.close());
});

test.each([
  ['a wrong password', { user: 'room', pass: 'wrong' }],
  ['no user', {}],
])('%s is refused', async (_name, credentials) => {
  const connecting = connect({ servers: `127.0.0.1:${nats.port}`, ...credentials, reconnect: false });
  await expect(connecting).rejects.toThrow(/authoriz/i);
});
