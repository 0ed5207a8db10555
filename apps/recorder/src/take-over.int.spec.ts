import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { KeyValueBucket } from '@polyroom/bus';
import { AppError, newId, type Permission, recorderRpc, type RecordingView } from '@polyroom/contracts';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { appId, FakeMedia } from '../test/fake-media.js';
import { RecorderProcess } from '../test/recorder-process.js';
import { type OrderEntry, orderSchema } from './orders/order-book.js';
import { keyOfRecording, newRecordingId, keyOfTarget } from './orders/recording-id.js';

/** The silence of 4 s, plus time for the comparison with owners. */
const takenOver = { timeoutMs: 15_000, describe: 'the order to be taken over' };

let nats: RunningServer;
let media: FakeMedia;
let bucket: KeyValueBucket<typeof orderSchema>;
/** Two, kept from test to test while they run. */
let recorders: RecorderProcess[] = [];
/** Each test has a room of its own. */
let roomId: string;
let rooms = 0;

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  media = await FakeMedia.start(nats.url);
  bucket = await KeyValueBucket.open(media.bus, { name: 'recording-orders', schema: orderSchema });
});
afterAll(async () => {
  await Promise.all(recorders.map((recorder) => recorder.end('SIGKILL')));
  await media.close();
  await nats.close();
});
beforeEach(async () => {
  roomId = `lesson-${++rooms}`;
  const running = recorders.filter((recorder) => recorder.isRunning);
  const started = await Promise.all(Array.from({ length: 2 - running.length }, start));
  recorders = [...running, ...started];
});
afterEach(() => media.reset());

const start = () => RecorderProcess.start(nats.url);
const state = async (permission: Permission) => ({ statement: await media.stateAuthority(permission) });
const begin = async (target: { roomId: string } | { streamId: string }) =>
  media.bus.request(recorderRpc.beginRecording, { appId, ...target }, await state('recordings:write'));
const end = async (recordingId: string) =>
  media.bus.request(recorderRpc.endRecording, { appId, recordingId }, await state('recordings:write'));
const list = async (): Promise<RecordingView[]> =>
  (await media.bus.request(recorderRpc.listRecordings, { appId }, await state('recordings:read'))).recordings;
const stored = (recordingId: string): Promise<OrderEntry | undefined> =>
  bucket.get(keyOfRecording(appId, recordingId)!);

/** The process that began a recording, and the other one. */
async function ownerOf(recordingId: string): Promise<[RecorderProcess, RecorderProcess]> {
  const isOwner = (recorder: RecorderProcess) =>
    recorder.lines.some((line) => line['recordingId'] === recordingId && line['msg'] === 'recording begun');
  await waitFor(() => recorders.some(isOwner), { timeoutMs: 5000, describe: 'the line of the owner' });
  const owner = recorders.find(isOwner)!;
  return [owner, recorders.find((recorder) => recorder !== owner)!];
}

test('accepts one of many concurrent recordings of a room, and ends it through any instance', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => begin({ roomId })));
  const begun = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  expect(begun).toMatchObject([{ roomId, recordings: [{ streamId: 'a' }] }]);
  for (const result of results) {
    if (result.status === 'rejected') {
      expect(result.reason).toMatchObject({ errorName: 'RECORDING_ALREADY_RUNNING' });
    }
  }
  const { recordingId } = begun[0]!;
  for (let n = 0; n < 6; n++) {
    expect(await list()).toMatchObject([{ recordingId }]);
  }
  expect(await end(recordingId)).toEqual({ streams: 1 });
  for (let n = 0; n < 6; n++) {
    expect(await list()).toEqual([]);
    await expect(end(recordingId)).rejects.toMatchObject({ errorName: 'RECORDING_NOT_FOUND' });
  }
  expect(media.recordings.size).toBe(0);
  const again = await begin({ roomId });
  expect(again.recordingId).not.toBe(recordingId);
  await end(again.recordingId);
});

test('the owner of an order ends it only with a genuine statement', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const { recordingId } = await begin({ roomId });
  const { ownerId } = (await stored(recordingId))!.value;
  const request = { appId, recordingId };
  for (const more of [{}, { statement: 'alice' }, await state('recordings:read')]) {
    const ending = media.bus.requestNode(recorderRpc.endOwnRecording, ownerId, request, more);
    await expect(ending).rejects.toMatchObject({ code: 1190126 });
  }
  expect(media.recorded(recordingId)).toEqual(['a']);
  const ending = media.bus.requestNode(
    recorderRpc.endOwnRecording,
    ownerId,
    request,
    await state('recordings:write'),
  );
  await expect(ending).resolves.toEqual({ streams: 1 });
});

test('leaves no order behind if every node refuses a recording', async () => {
  media.rooms.set(roomId, new Set(['vp9']));
  media.refused.add('vp9');
  for (let n = 0; n < 2; n++) {
    await expect(begin({ streamId: 'vp9' })).rejects.toMatchObject({
      errorName: 'RECORDING_CODEC_UNSUPPORTED',
    });
  }
  expect(await list()).toEqual([]);
});

test('keeps an order’s ID after its owner is killed, and lists the earlier recordings', async () => {
  media.rooms.set(roomId, new Set(['stays', 'goes']));
  const { recordingId } = await begin({ roomId });
  const [owner, other] = await ownerOf(recordingId);
  const before = (await stored(recordingId))!.value;
  const counts = () => Promise.all([owner, other].map((each) => each.readMetric('polyroom_recorder_orders')));
  expect(await counts()).toEqual([1, 0]);
  await owner.end('SIGKILL');
  media.rooms.set(roomId, new Set(['stays', 'comes']));
  await waitFor(() => media.recorded(recordingId).join() === 'comes,stays', takenOver);
  expect(await other.readMetric('polyroom_recorder_orders')).toBe(1);
  expect(await other.readMetric('polyroom_recorder_orphaned_orders')).toBe(0);
  // Recorded without interruption, except for the stream that has left the room.
  expect(media.stopped).toEqual([`${recordingId} goes`]);
  const after = (await stored(recordingId))!.value;
  expect({ ...after, ownerId: '' }).toEqual({ ...before, ownerId: '' });
  expect(after.ownerId).not.toBe(before.ownerId);
  await expect(begin({ roomId })).rejects.toMatchObject({
    errorName: 'RECORDING_ALREADY_RUNNING',
    details: { recordingId },
  });
  expect(await end(recordingId)).toEqual({ streams: 2 });
  expect(await stored(recordingId)).toBeUndefined();
});

test('ends an order at once whose owner has just been killed', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const { recordingId } = await begin({ roomId });
  const [owner] = await ownerOf(recordingId);
  const { ownerId } = (await stored(recordingId))!.value;
  await owner.end('SIGKILL');
  // A request delivered to a connection that is closing gets no response.
  const request = { appId, recordingId: newRecordingId({ appId, roomId }) };
  const isDisconnected = () =>
    media.bus.requestNode(recorderRpc.endOwnRecording, ownerId, request, { timeoutMs: 500 }).then(
      () => false,
      (error: unknown) => AppError.is(error, 'BUS_UNAVAILABLE'),
    );
  await waitFor(isDisconnected, { timeoutMs: 3000, describe: 'the server to notice the kill' });
  expect(await end(recordingId)).toEqual({ streams: 1 });
  expect(media.recordings.size).toBe(0);
  expect(await stored(recordingId)).toBeUndefined();
});

test('hands orders over on shutdown without ending a recording', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const { recordingId } = await begin({ roomId });
  const [owner] = await ownerOf(recordingId);
  const { ownerId } = (await stored(recordingId))!.value;
  await owner.end('SIGTERM');
  const isElsewhere = async () => (await stored(recordingId))?.value.ownerId !== ownerId;
  // Faster than after the silence of a killed instance.
  await waitFor(isElsewhere, { timeoutMs: 3000, describe: 'the order at the other instance' });
  expect(media.stopped).toEqual([]);
  expect(await end(recordingId)).toEqual({ streams: 1 });
});

test('drops an order that was taken over while the instance was stopped', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const { recordingId } = await begin({ roomId });
  const [owner, other] = await ownerOf(recordingId);
  const { ownerId } = (await stored(recordingId))!.value;
  owner.signal('SIGSTOP');
  await waitFor(async () => (await stored(recordingId))?.value.ownerId !== ownerId, takenOver);
  owner.signal('SIGCONT');
  const dropped = { recordingId, msg: 'recording order dropped' };
  await waitFor(() => owner.lines.some((line) => line['msg'] === dropped.msg), {
    timeoutMs: 10_000,
    describe: 'the order to be dropped',
  });
  expect(owner.lines).toContainEqual(expect.objectContaining(dropped));
  expect(other.lines).not.toContainEqual(expect.objectContaining(dropped));
  expect(media.stopped).toEqual([]);
  expect(await end(recordingId)).toEqual({ streams: 1 });
});

test('ends an order through the next owner if its owner dies while ending it', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const target = { appId, roomId };
  const recordingId = newRecordingId(target);
  media.recordings.set('left behind', { recordingId, ...target, streamId: 'a', startedAtMs: 1, files: 0 });
  const dead = { ownerId: newId('instance'), ending: true };
  await bucket.create(keyOfTarget(target), { recordingId, target, createdAtMs: 1, ...dead });
  await waitFor(async () => (await stored(recordingId)) === undefined, takenOver);
  expect(media.stopped).toEqual([`${recordingId} a`]);
});

test('keeps orders across a crash of all instances and of the server', async () => {
  media.rooms.set(roomId, new Set(['a']));
  const { recordingId } = await begin({ roomId });
  await Promise.all(recorders.map((recorder) => recorder.end('SIGKILL')));
  await nats.kill('SIGKILL');
  await nats.restart();
  media.rooms.set(roomId, new Set(['a', 'b']));
  recorders = [await start()];
  await waitFor(() => media.recorded(recordingId).join() === 'a,b', takenOver);
  expect(await end(recordingId)).toEqual({ streams: 2 });
});

test('refuses recordings beyond the quota of the AppID, through any instance, and keeps no order of them', async () => {
  // The instances cache entitlements for a second: new ones have none yet.
  await Promise.all(recorders.map((recorder) => recorder.end('SIGKILL')));
  media.maxRecordings = 3;
  recorders = await Promise.all([start(), start()]);
  const targets = Array.from({ length: 10 }, (_, index) => `${roomId}-${index}`);
  targets.forEach((target) => media.rooms.set(target, new Set([`${target}-camera`])));
  const results = await Promise.allSettled(targets.map((target) => begin({ roomId: target })));
  const codes = results.map((result) =>
    result.status === 'fulfilled' ? 0 : (result.reason as AppError).code,
  );
  expect(codes.filter((code) => code === 0).length).toBeGreaterThan(0);
  expect(codes.filter((code) => code === 0).length).toBeLessThanOrEqual(3);
  expect(codes.filter((code) => code !== 0 && code !== 1190708)).toEqual([]);
  const running = await list();
  expect(running).toHaveLength(codes.filter((code) => code === 0).length);
  await Promise.all(running.map(({ recordingId }) => end(recordingId)));
  const again = await begin({ roomId: targets[0]! });
  await end(again.recordingId);
  media.maxRecordings = 100;
});

test('reports an unknown outcome if the order of a refused recording cannot be deleted', async () => {
  media.rooms.set(roomId, new Set(['vp9']));
  media.refused.add('vp9');
  // JetStream then refuses all writes to the orders.
  media.beforeRefusal = () => media.bus.natsConnection.request('$JS.API.STREAM.DELETE.KV_recording-orders');
  try {
    await expect(begin({ streamId: 'vp9' })).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
  } finally {
    media.beforeRefusal = () => Promise.resolve();
  }
});
