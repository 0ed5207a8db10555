import { describe, expect, test } from '@jest/globals';
import { downlinkClosed, sessionExpelled } from '@polyroom/contracts';
import { appId, nodeId } from '../test/fake-cluster.js';
import { type RawClient } from '../test/raw-client.js';
import { gatewayId, useGateway } from '../test/use-gateway.js';

const used = useGateway();

const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

async function publish(client: RawClient, streamId: string, ...roomIds: string[]): Promise<void> {
  await client.ask('stream.publish', { streamId, channel: 0, roomId: roomIds[0] });
  await client.ask('stream.produce', { streamId, kind: 'audio', rtpParameters: rtp });
  for (const roomId of roomIds) {
    expect((await client.ask('stream.share', { streamId, roomId })).error).toBeUndefined();
  }
}

describe('rooms', () => {
  test('events reach every member but their originator; joins and leaves only members that asked for them', async () => {
    const asked = await used.connectTo('r1', 'asked', { config: { isUserStatusNotify: true } });
    const quiet = await used.connectTo('r1', 'quiet');
    const elsewhere = await used.connectTo('r2', 'elsewhere', { config: { isUserStatusNotify: true } });
    await asked.waitForEvent('room.userUpdate');
    await publish(quiet, 's1', 'r1');
    await asked.waitForEvent('room.streamUpdate');
    await asked.ask('message.broadcast', { roomId: 'r1', content: 'hello', clientMessageId: 'm' });
    await quiet.waitForEvent('message.received');
    expect(asked.events('room.userUpdate')).toMatchObject([
      { roomId: 'r1', update: 'add', users: [{ userId: 'quiet' }] },
    ]);
    expect(asked.events('room.streamUpdate')).toMatchObject([
      { roomId: 'r1', update: 'add', streams: [{ streamId: 's1', user: { userId: 'quiet' } }] },
    ]);
    expect(quiet.events('message.received')).toMatchObject([
      { roomId: 'r1', messages: [{ seq: 1, content: 'hello', from: { userId: 'asked' } }] },
    ]);
    expect(quiet.events('room.userUpdate')).toEqual([]);
    expect(quiet.events('room.streamUpdate')).toEqual([]);
    expect(elsewhere.frames.flatMap((frame) => frame.event ?? [])).toEqual(['message.position']);
  });

  test('requires the entitlement to share a stream into a second room', async () => {
    used.cluster.entitlements.shareStream = false;
    const client = await used.connectTo('r1', 'u');
    await client.login('r2', 'u');
    await publish(client, 's1', 'r1');
    expect((await client.ask('stream.share', { streamId: 's1', roomId: 'r1' })).error).toBeUndefined();
    expect((await client.ask('stream.share', { streamId: 's1', roomId: 'r2' })).error?.code).toBe(1003025);
  });

  test('applies the rights of the room’s token', async () => {
    used.cluster.grants = { rooms: [{ roomId: 'r1', rights: ['login'] }] };
    const client = await used.connectTo('r1', 'u');
    expect((await client.login('r2', 'u')).error?.code).toBe(1002033);
    const publishing = { streamId: 's1', channel: 0, roomId: 'r1' };
    expect((await client.ask('stream.publish', publishing)).error?.code).toBe(1002082);
    const playing = { streamId: 's1', roomId: 'r1', rtpCapabilities: {} };
    expect((await client.ask('stream.play', playing)).error?.code).toBe(1004025);
    const message = { roomId: 'r1', content: 'x', clientMessageId: 'm' };
    expect((await client.ask('message.broadcast', message)).error?.code).toBe(1000039);
  });

  test('delays requests that directly follow a room’s login until it has finished', async () => {
    const publisher = await used.connectTo('r2', 'p');
    await publish(publisher, 's1', 'r2');
    const client = await used.connectTo('r1', 'u');
    const playing = { streamId: 's1', roomId: 'r2', rtpCapabilities: {}, resumeAfterMs: 40 };
    const answers = await Promise.all([
      client.login('r2', 'u'),
      client.ask('stream.play', playing),
      client.ask('stream.publish', { streamId: 's2', channel: 0, roomId: 'r2' }),
      client.ask('stream.play', { ...playing, roomId: 'r3' }),
    ]);
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, undefined, undefined, 1002002]);
  });

  test('removes the binding of a room that no longer shows a stream, and closes the downlink with the last room', async () => {
    const publisher = await used.connectTo('r1', 'p');
    await publisher.login('r2', 'p');
    await publish(publisher, 's1', 'r1', 'r2');
    const viewer = await used.connectTo('r1', 'v');
    await viewer.login('r2', 'v');
    const play = { streamId: 's1', rtpCapabilities: {} };
    expect((await viewer.ask('stream.play', { ...play, roomId: 'r1' })).result?.created).toBe(true);
    expect((await viewer.ask('stream.play', { ...play, roomId: 'r2' })).result).toMatchObject({
      created: false,
      roomIds: ['r1', 'r2'],
    });
    await publisher.ask('stream.unshare', { streamId: 's1', roomId: 'r1' });
    await viewer.waitForEvent('stream.playUpdate');
    await viewer.ask('room.logout', { roomId: 'r2' });
    expect(viewer.events('stream.playUpdate')).toEqual([
      { streamId: 's1', roomIds: ['r2'], closed: false, reason: 'unshared' },
      { streamId: 's1', roomIds: [], closed: true, reason: 'left' },
    ]);
  });

  test('closes a downlink for the client that the media node closed', async () => {
    const publisher = await used.connectTo('r1', 'p');
    await publish(publisher, 's1', 'r1');
    const viewer = await used.connect();
    const { result } = await viewer.login('r1', 'v');
    await viewer.ask('stream.play', { streamId: 's1', rtpCapabilities: {} });
    const session = { appId, userId: 'v', sessionId: String(result?.sessionId) };
    used.cluster.bus.publish(
      downlinkClosed,
      { sessionId: session.sessionId },
      { session, nodeId, streamId: 's1', reason: 'workerDied' },
    );
    await viewer.waitForEvent('stream.playUpdate');
    expect(viewer.events('stream.playUpdate')).toEqual([
      { streamId: 's1', roomIds: [], closed: true, reason: 'workerDied' },
    ]);
  });

  test('keeps the other rooms after a removal from one, and allows a new login after a removal from all', async () => {
    const client = await used.connect();
    const { result } = await client.login('r1', 'u');
    await client.login('r2', 'u');
    const session = { appId, userId: 'u', sessionId: String(result?.sessionId) };
    const expel = (more: { roomId?: string; code: number; reason?: string }) =>
      used.cluster.bus.publish(sessionExpelled, { gatewayId }, { gatewayId, session, ...more });
    expel({ roomId: 'r1', code: 1002055, reason: 'rude' });
    await client.waitForEvent('room.expelled');
    const message = { content: 'x', clientMessageId: 'm' };
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r1' })).error?.code).toBe(1009005);
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r2' })).error).toBeUndefined();
    expel({ code: 1002050 });
    await client.waitForEvent('room.expelled', 2);
    expect(client.events('room.expelled')).toEqual([
      { roomId: 'r1', code: 1002055, reason: 'rude' },
      { code: 1002050 },
    ]);
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r2' })).error?.code).toBe(1000002);
    expect((await client.login('r1', 'u')).result?.media).toBeDefined();
  });
});
