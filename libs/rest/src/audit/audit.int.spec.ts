import { describe, expect, test } from '@jest/globals';
import { AppError, auditRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { adminToken, appId, recordingId } from '../../test/fake-services.js';
import { useRest } from '../../test/use-rest.js';

const used = useRest();

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${used.port}/v1/apps/${appId}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, requestId: response.headers.get('x-request-id'), response };
}

/** The reported acts, when there are as many. */
async function reported(count = 1) {
  await waitFor(() => used.services.acts.length >= count, { describe: 'the reports' });
  return used.services.acts;
}

describe('the audit', () => {
  test.each([
    ['DELETE', 'users/ada/rooms', undefined, 'user.kick', 'user:ada', { roomIds: ['r1'] }],
    ['DELETE', 'users/ada/rooms', { blockSeconds: 60 }, 'user.kick', 'user:ada', { blockSeconds: 60 }],
    [
      'DELETE',
      'rooms/r1/members/ada',
      { reason: 'x' },
      'user.kick',
      'user:ada',
      { roomId: 'r1', reason: 'x' },
    ],
    ['POST', 'bans', { userId: 'ada', forMs: 9 }, 'ban.set', 'user:ada', { forMs: 9, banned: true }],
    ['POST', 'bans', { address: '::1', forMs: 0 }, 'ban.set', 'address:::1', { banned: false }],
    ['POST', 'bans', { userId: 'a', roomId: 'r1', forMs: 9 }, 'ban.set', 'user:a', { roomId: 'r1' }],
    ['PUT', 'rooms/r1', { keepMs: 5 }, 'room.create', 'room:r1', { keepMs: 5, created: true }],
    ['DELETE', 'rooms/r1', undefined, 'room.close', 'room:r1', { members: 2 }],
    [
      'PUT',
      'rooms/r1/members/ada/mutes/audio',
      { forSeconds: 9 },
      'member.mute',
      'user:ada',
      { forSeconds: 9 },
    ],
    ['DELETE', 'rooms/r1/members/ada/mutes/audio', undefined, 'member.unmute', 'user:ada', { roomId: 'r1' }],
    ['PUT', 'rooms/r1/streams/s/mutes/audio', undefined, 'stream.mute', 'stream:s', { kind: 'audio' }],
    ['DELETE', 'rooms/r1/streams/s/mutes/audio', undefined, 'stream.unmute', 'stream:s', { roomId: 'r1' }],
    ['POST', 'streams/s/recordings', undefined, 'recording.start', 'stream:s', { recordingId }],
    ['POST', 'rooms/r1/recordings', undefined, 'recording.start', 'room:r1', { recordingId }],
    ['DELETE', `recordings/${recordingId}`, undefined, 'recording.stop', `recording:${recordingId}`, {}],
  ])('has %s %s %j', async (method, path, body, action, subject, after) => {
    const { status, requestId } = await send(method, path, body);
    expect(status).toBeLessThan(300);
    // Stored before the reply.
    expect(used.services.acts).toMatchObject([
      { address: '127.0.0.1', action, appId, subject, after, outcome: 'done' },
    ]);
    // That of the act: auth reads the author from it.
    const { statement } = used.services.acts[0]!;
    expect(statement).toBe(`alice ${auditRpc.reportedActions[used.services.acts[0]!.action]} ${appId}`);
    expect(used.services.calls.filter((call) => call.statement === statement)).toHaveLength(1);
    expect(used.services.acts[0]?.requestId).toBe(requestId);
  });

  test('has messages of application servers without their content', async () => {
    const body = { kind: 'broadcast', content: 'private words', from: { userId: 'bot', userName: 'Bot' } };
    expect((await send('POST', 'rooms/r1/messages', body)).status).toBe(201);
    const [act] = await reported();
    expect(act).toMatchObject({
      action: 'message.send',
      subject: 'room:r1',
      after: { kind: 'broadcast', from: { userId: 'bot' }, bytes: 13 },
    });
    expect(JSON.stringify(act)).not.toContain('private words');
  });

  test('has no row of an act that was refused', async () => {
    used.services.onAct = () => {
      throw new AppError('ROOM_EXCEED_MAXIMUM_ROOM_COUNT');
    };
    expect((await send('PUT', 'rooms/r1', { keepMs: 5 })).status).toBeGreaterThanOrEqual(400);
    expect((await send('PUT', 'rooms/r1', { keepMs: -5 })).status).toBe(400);
    used.services.onAct = () => {};
    await send('PUT', 'rooms/r2', { keepMs: 5 });
    expect(used.services.acts.map(({ subject }) => subject)).toEqual(['room:r2']);
  });

  test('says that the outcome of an act without an answer is unknown', async () => {
    used.services.onAct = () => {
      throw new Error('broke off');
    };
    expect((await send('DELETE', 'rooms/r1')).status).toBe(500);
    expect(await reported()).toMatchObject([
      { action: 'room.close', outcome: 'unknown', after: { code: expect.any(Number) } },
    ]);
  });

  test('refuses no act while auth is late, and stores each once', async () => {
    let isLate = true;
    used.services.onRecordActs = () => {
      if (isLate) {
        throw new Error('the database is away');
      }
    };
    const answers = await Promise.all(['a', 'b', 'c'].map((user) => send('DELETE', `users/${user}/rooms`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(used.services.acts).toEqual([]);
    isLate = false;
    const acts = await reported(3);
    expect(acts.map(({ subject }) => subject).sort()).toEqual(['user:a', 'user:b', 'user:c']);
    expect(new Set(acts.map(({ reportId }) => reportId)).size).toBe(3);
  });

  test.each(['actor', 'action', 'subject'])('refuses a %s that the database cannot hold', async (field) => {
    for (const route of ['audit', 'audit/export']) {
      const { response, status } = await send('GET', `${route}?${field}=%00`);
      expect(status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 1000017, details: { path: field } });
    }
  });

  test('is exported page by page, one JSON object per line', async () => {
    const entry = {
      appId,
      seq: 1,
      atMs: 1,
      actor: 'alice',
      action: 'room.close',
      subject: 'room:r1',
      before: null,
      after: { members: 1 },
      address: null,
      requestId: null,
      outcome: 'done',
      hash: 'h',
    };
    used.services.onListAudit = (_appId, cursor) =>
      cursor === undefined
        ? { entries: [{ id: '1', ...entry }], next: '1' }
        : { entries: [{ id: '2', ...entry }] };
    const { response } = await send('GET', 'audit/export?actor=alice&fromMs=1');
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['1', '2']);
    const asked = used.services.calls.filter(({ method }) => method === 'listAudit');
    expect(asked[1]?.request).toMatchObject({ actor: 'alice', fromMs: 1, order: 'oldest', cursor: '1' });
    used.services.onListAudit = () => {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    };
    expect((await send('GET', 'audit/export')).status).toBe(404);
  });
});

describe('a request over HTTP', () => {
  test('has an ID that the client does not choose, in every response', async () => {
    const headers = { 'x-request-id': 'chosen', 'request-id': 'chosen' };
    const [first, second] = [await send('GET', 'x', undefined, headers), await send('GET', 'x')];
    expect(first.requestId).toMatch(/^rq_[0-9a-f]{32}$/);
    expect(second.requestId).not.toBe(first.requestId);
    expect((await send('GET', '%')).requestId).toMatch(/^rq_/);
    const wrong = await send('GET', 'audit', undefined, { authorization: 'Bearer wrong' });
    const call = used.services.calls.findLast(({ method }) => method === 'authorize');
    expect(call?.request).toMatchObject({ clientAddress: '127.0.0.1', requestId: wrong.requestId });
  });
});
