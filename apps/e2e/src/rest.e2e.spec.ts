import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { waitFor } from '@polyroom/testing';
import { DocumentedRest, type RestAnswer, type RestRequest } from './support/documented-rest.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/**
 * The REST API by its own OpenAPI document: the client refuses an answer that the document does not describe. The last
 * test asks each operation that the others have not asked.
 */
let cluster: SharedCluster;
let rest: DocumentedRest;
let app: TestApp;
let ada: RawClient;
const bob = { userId: 'bob', userName: 'bob name' };

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  rest = await DocumentedRest.load(cluster.cluster.gateways[0]!.httpUrl);
  app = await cluster.createApp({ multiRoom: true });
  ada = await cluster.connect(1);
});
afterAll(async () => {
  ada?.close();
  await cluster?.close();
});

/** Asks as the local operator, about the AppID of this spec. */
function ask(operationId: string, request: RestRequest = {}): Promise<RestAnswer> {
  return rest.send(operationId, {
    ...request,
    path: { appId: app.appId, ...request.path },
    headers: { authorization: `Bearer ${cluster.cluster.adminToken}`, ...request.headers },
  });
}

async function must(operationId: string, request: RestRequest = {}): Promise<Record<string, unknown>> {
  const answer = await ask(operationId, request);
  if (answer.status >= 300) {
    throw new Error(`${operationId}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

async function codeOf(operationId: string, request: RestRequest = {}): Promise<unknown[]> {
  const { status, body } = await ask(operationId, request);
  return [status, body['code']];
}

const enter = (client: RawClient, roomId: string, userId: string) =>
  client.codeOf('room.login', loginParams(app, roomId, userId));

async function roomIdsOf(query: Record<string, string | number>): Promise<string[]> {
  const { rooms } = (await must('rooms_list', { query })) as { rooms: { roomId: string }[] };
  return rooms.map(({ roomId }) => roomId);
}

test('lists rooms by ID with a prefix and page by page, as long as they exist', async () => {
  const kept = Array.from({ length: 7 }, (_, index) => `class-${index}`);
  for (const roomId of kept) {
    expect(
      await must('rooms_create', { path: { roomId }, body: { keepMs: 600_000, maxMemberCount: 9 } }),
    ).toEqual({
      created: true,
    });
  }
  expect(await enter(ada, 'class-3', 'ada')).toBe(0);
  expect(await enter(ada, 'lobby', 'ada')).toBe(0);
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const query = { prefix: 'class-', limit: 3, ...(cursor === undefined ? {} : { cursor }) };
    const { rooms, next } = await must('rooms_list', { query });
    pages.push((rooms as { roomId: string }[]).map(({ roomId }) => roomId));
    cursor = next as string | undefined;
  } while (cursor !== undefined);
  expect(pages).toEqual([kept.slice(0, 3), kept.slice(3, 6), kept.slice(6)]);
  expect((await must('rooms_list', { query: { prefix: 'class-3' } }))['rooms']).toEqual([
    expect.objectContaining({ roomId: 'class-3', memberCount: 1, streamCount: 0, maxMemberCount: 9 }),
  ]);
  expect(await roomIdsOf({})).toEqual([...kept, 'lobby']);
  expect(await must('rooms_close', { path: { roomId: 'class-0' }, body: { reason: 'test' } })).toEqual({
    members: 0,
  });
  expect(await ada.codeOf('room.logout', { roomId: 'lobby' })).toBe(0);
  await waitFor(async () => (await roomIdsOf({})).length === 6, {
    describe: 'the ended rooms to be removed',
  });
  expect(await roomIdsOf({})).toEqual(kept.slice(1));
  expect(await codeOf('rooms_list', { query: { cursor: '' } })).toEqual([400, 1000017]);
  expect(await codeOf('rooms_list', { query: { limit: 201 } })).toEqual([400, 1000017]);
});

test('lists the sessions of a user; a kick gives its reason, and its block is a ban that can be lifted', async () => {
  const client = await cluster.connect(0);
  expect(await enter(client, 'class-1', 'bob')).toBe(0);
  expect((await must('members_listSessions', { path: { userId: 'bob' } }))['sessions']).toEqual([
    expect.objectContaining({
      state: 'live',
      mode: 'multi',
      roomIds: ['class-1'],
      clientAddress: '127.0.0.1',
    }),
  ]);
  expect((await must('members_listRooms', { path: { userId: 'bob' } }))['rooms']).toHaveLength(1);
  expect(await must('members_list', { path: { roomId: 'class-1' } })).toEqual({ members: [bob] });
  const kick = { reason: 'spam', blockSeconds: 600 };
  expect(await must('members_kick', { path: { roomId: 'class-1', userId: 'bob' }, body: kick })).toEqual({
    roomIds: ['class-1'],
  });
  await waitFor(() => client.eventsOf('room.expelled').length > 0, { describe: 'the kick' });
  expect(client.eventsOf('room.expelled')).toMatchObject([{ code: 1002055, reason: 'spam' }]);
  const { bans } = (await must('bans_list', { query: { userId: 'bob' } })) as { bans: { banId: string }[] };
  expect(bans).toMatchObject([{ userId: 'bob', roomId: 'class-1', privilege: 'login' }]);
  const again = await cluster.connect(0);
  expect(await enter(again, 'class-1', 'bob')).toBe(1002066);
  const banId = bans[0]!.banId;
  await must('bans_lift', { path: { banId } });
  expect(await codeOf('bans_lift', { path: { banId } })).toEqual([404, 1190412]);
  expect(await codeOf('bans_lift', { path: { banId: 'none' } })).toEqual([404, 1190412]);
  expect(await must('bans_list')).toEqual({ bans: [] });
  expect(await enter(again, 'class-1', 'bob')).toBe(0);
  expect(await must('members_kickFromAll', { path: { userId: 'bob' } })).toEqual({ roomIds: ['class-1'] });
  [client, again].forEach((each) => each.close());
});

test('a ban is one of the list in any notation, and publishing or playing need a user', async () => {
  const forMs = 60_000;
  for (const [body, name] of [
    [{ address: '203.0.113.0/24', forMs }, 'address'],
    [{ roomId: 'closed', forMs }, 'roomId'],
    [{ userId: 'eve', privilege: 'publish', forMs }, 'userId'],
    [{ userId: 'eve', roomId: 'class-1', privilege: 'play', forMs }, 'userId'],
  ] as const) {
    const { ban } = await must('bans_set', { body });
    expect(ban).toMatchObject({
      [name]: (body as Record<string, unknown>)[name],
      privilege: 'login',
      ...('privilege' in body ? { privilege: body.privilege } : {}),
    });
  }
  expect((await must('bans_list'))['bans']).toHaveLength(4);
  expect((await must('entitlements_readQuotas'))['quotas']).toContainEqual(
    expect.objectContaining({ name: 'maxBans', used: 4 }),
  );
  expect(await must('bans_set', { body: { address: '203.0.113.0/24', forMs: 0 } })).toEqual({});
  expect((await must('bans_list'))['bans']).toHaveLength(3);
  expect(await codeOf('bans_set', { body: { roomId: 'r', privilege: 'play', forMs } })).toEqual([
    400, 1000017,
  ]);
  const lifts = async () =>
    (await cluster.cluster.admin.listAudit(app.appId)).filter(({ action }) => action === 'ban.lift');
  await waitFor(async () => (await lifts()).length > 0, { timeoutMs: 10_000, describe: 'the row' });
  expect(await lifts()).toHaveLength(1);
});

test('a change of attributes, room settings or entitlements with an outdated ETag is refused with 412', async () => {
  const room = { path: { roomId: 'class-1' } };
  const set = (value: string, ifMatch?: string) =>
    ask('rooms_setAttributes', {
      ...room,
      body: { changes: [{ key: 'topic', value }] },
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    });
  const empty = (await ask('rooms_getAttributes', room)).headers.get('etag')!;
  const first = await set('one', empty);
  expect(first.status).toBe(200);
  expect((await set('two', empty)).body).toMatchObject({ status: 412, code: 1190112 });
  const read = await ask('rooms_getAttributes', room);
  expect(read.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(read.body['attributes']).toMatchObject([{ key: 'topic', value: 'one' }]);
  expect((await set('two', '*')).status).toBe(200);
  expect((await set('three')).status).toBe(200);
  expect((await set('four', 'no quotes')).body).toMatchObject({ code: 1000017 });
  expect(await codeOf('rooms_getAttributes', { path: { roomId: 'none' } })).toEqual([404, 1002002]);

  const fixed = { path: { roomId: 'class-6' } };
  const resize = (maxMemberCount: number, ifMatch: string, room = fixed) =>
    ask('rooms_create', {
      ...room,
      body: { keepMs: 600_000, maxMemberCount },
      headers: { 'if-match': ifMatch },
    });
  const settings = await ask('rooms_getSettings', fixed);
  expect(settings.body).toEqual({ maxMemberCount: 9, keepUntilMs: expect.any(Number) });
  const resized = await resize(10, settings.headers.get('etag')!);
  expect(resized.body).toEqual({ created: false });
  expect((await resize(11, settings.headers.get('etag')!)).body).toMatchObject({
    status: 412,
    code: 1190112,
  });
  const now = await ask('rooms_getSettings', fixed);
  expect([now.body['maxMemberCount'], now.headers.get('etag')]).toEqual([10, resized.headers.get('etag')]);
  expect((await resize(12, '*')).status).toBe(200);
  expect((await resize(12, '*', { path: { roomId: 'absent' } })).body).toMatchObject({ code: 1190112 });
  expect(await codeOf('rooms_getSettings', { path: { roomId: 'absent' } })).toEqual([404, 1002002]);

  const entitlement = { path: { name: 'maxRoomsPerUser' } };
  const etag = (await ask('entitlements_get', entitlement)).headers.get('etag')!;
  const change = (value: number) =>
    ask('entitlements_set', { ...entitlement, body: { value }, headers: { 'if-match': etag } });
  expect((await change(7)).status).toBe(200);
  expect((await change(8)).body).toMatchObject({ status: 412, code: 1190112 });
  expect((await ask('entitlements_get', entitlement)).body).toMatchObject({ entitlement: { value: 7 } });
});

test('a POST with an Idempotency-Key is carried out once, with one row in the audit', async () => {
  const message = { kind: 'broadcast', content: 'once' };
  const room = { path: { roomId: 'class-3' } };
  const send = (key: string, body: unknown) =>
    ask('messages_send', { ...room, body, headers: { 'idempotency-key': key } });
  const [first, second] = [await send('key-1', message), await send('key-1', message)];
  expect(second.body).toEqual(first.body);
  expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  expect((await send('key-1', { ...message, content: 'other' })).body).toMatchObject({
    status: 409,
    code: 1190113,
  });
  expect((await send('key-2', { ...message, content: '' })).body).toMatchObject({ code: 1009001 });
  expect((await send('key-2', { ...message, content: '' })).body).toMatchObject({ code: 1009001 });
  expect((await send('ü', message)).body).toMatchObject({
    code: 1000017,
    details: { path: 'idempotency-key' },
  });

  // An answer with a secret, asked twice at once.
  const key = {
    body: { name: 'twice', permissions: ['rooms:read'] },
    headers: { 'idempotency-key': 'key-3' },
  };
  const answers = await Promise.all([ask('apiKeys_create', key), ask('apiKeys_create', key)]);
  const done = answers.filter(({ status }) => status === 201);
  for (const { status, body, headers } of answers) {
    expect([201, 409]).toContain(status);
    if (status === 409) {
      expect([body['code'], headers.get('retry-after')]).toEqual([1190114, '1']);
    }
  }
  const replayed = await ask('apiKeys_create', key);
  expect(replayed.body).toEqual(done[0]!.body);
  const { apiKeys } = (await must('apiKeys_list')) as { apiKeys: { name: string }[] };
  expect(apiKeys.filter(({ name }) => name === 'twice')).toHaveLength(1);
  const acts = async () =>
    (await cluster.cluster.admin.listAudit(app.appId)).filter(
      ({ action, subject }) => action === 'message.send' && subject === 'room:class-3',
    );
  await waitFor(async () => (await acts()).length > 0, { timeoutMs: 10_000, describe: 'the row' });
  expect(await acts()).toHaveLength(1);
});

test('reads the stored messages page by page, and says when some are missing', async () => {
  const room = { path: { roomId: 'talk' } };
  for (const content of ['a', 'b', 'c', 'd', 'e']) {
    await must('messages_send', { ...room, body: { kind: 'broadcast', content } });
  }
  const read: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const page = await must('messages_list', { ...room, query });
    read.push(...(page['messages'] as { content: string }[]).map(({ content }) => content));
    expect(page['gone']).toBe(false);
    cursor = page['next'] as string | undefined;
  } while (cursor !== undefined);
  expect(read).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await must('messages_list', { ...room, query: { cursor: 'of-another-log.7' } })).toMatchObject({
    gone: true,
  });
  expect(await must('messages_list', { path: { roomId: 'silent' } })).toEqual({ messages: [], gone: false });
  expect(await codeOf('messages_list', { ...room, query: { cursor: 'x' } })).toEqual([400, 1000017]);
});

test('a deleted message keeps its place without its content, and members receive the deletion once', async () => {
  expect(await enter(ada, 'wall', 'ada')).toBe(0);
  const room = { path: { roomId: 'wall' } };
  const ids: number[] = [];
  for (const content of ['first', 'rude', 'last']) {
    const sent = await must('messages_send', { ...room, body: { kind: 'broadcast', content } });
    ids.push(sent['messageId'] as number);
  }
  const message = (messageId: number | string) => ({ path: { ...room.path, messageId } });
  expect(await codeOf('messages_delete', message(1))).toEqual([404, 1190503]);
  expect(await codeOf('messages_delete', message('x'))).toEqual([400, 1000017]);
  expect(await must('messages_delete', message(ids[1]!))).toEqual({});
  expect(await must('messages_delete', message(ids[1]!))).toEqual({});

  const received = () =>
    ada.eventsOf('message.received').flatMap((data) => (data['roomId'] === 'wall' ? data['messages'] : []));
  await waitFor(() => received().length >= 4, { describe: 'the deletion' });
  expect(received().at(-1)).toMatchObject({ seq: 4, kind: 'deletion', content: '', deletes: ids[1] });
  const kept = [
    { seq: 1, content: 'first' },
    { seq: 2, content: '', deleted: true, messageId: ids[1] },
    { seq: 3, content: 'last' },
    { seq: 4, kind: 'deletion', deletes: ids[1] },
  ];
  expect(await must('messages_list', room)).toMatchObject({ messages: kept });
  const history = await ada.call('message.history', { roomId: 'wall', epoch: '', sinceSeq: 0 });
  expect(history).toMatchObject({ result: { messages: kept } });
  // A repetition is an act too.
  const acts = async () =>
    (await cluster.cluster.admin.listAudit(app.appId)).filter(({ action }) => action === 'message.delete');
  await waitFor(async () => (await acts()).length >= 2, { timeoutMs: 10_000, describe: 'both rows' });
  expect(await acts()).toMatchObject(
    [1, 2].map(() => ({ subject: 'room:wall', after: { messageId: ids[1] } })),
  );
});

test('answers errors as RFC 9457, with the request in the log, and the rate of the credential', async () => {
  const { body, headers } = await ask('apps_get', { path: { appId: 0xffffffff } });
  const requestId = headers.get('x-request-id');
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({
    type: 'urn:polyroom:error:1190102',
    status: 404,
    instance: `urn:polyroom:request:${requestId}`,
    error: { code: 1190102, message: body['detail'] },
  });
  expect(headers.get('ratelimit-policy')).toMatch(/^"credential";q=\d+;w=10$/);
  expect(headers.get('ratelimit')).toMatch(/^"credential";r=\d+;t=\d+$/);
});

test('asks every operation of the document', async () => {
  const name = 'conformance';
  const appId = randomInt(1, 0xffffffff);
  await must('apps_create', { body: { appId, name } });
  const mine = { path: { appId } };
  for (const [operationId, request] of [
    ['operation_openapiJson', {}],
    ['apps_list', {}],
    ['apps_get', mine],
    ['apps_setCredentials', { ...mine, body: { credentialKinds: ['native'], maxTokenSeconds: 3600 } }],
    ['apps_setEnabled', { ...mine, body: { enabled: true } }],
    ['entitlements_list', mine],
    ['entitlements_listOfUser', { path: { appId, userId: 'u' } }],
    ['entitlements_setOfUser', { path: { appId, userId: 'u', name: 'maxRoomsPerUser' }, body: { value: 3 } }],
    ['secrets_list', mine],
    ['secrets_add', mine],
    ['secrets_replaceAppSign', mine],
    ['revocations_revoke', { ...mine, body: { userId: 'u' } }],
    ['rooms_get', { path: { roomId: 'class-3' } }],
    [
      'mutes_muteMember',
      { path: { roomId: 'class-3', userId: 'ada', kind: 'audio' }, body: { forSeconds: 60 } },
    ],
    ['mutes_readOfMember', { path: { roomId: 'class-3', userId: 'ada' } }],
    ['mutes_unmuteMember', { path: { roomId: 'class-3', userId: 'ada', kind: 'audio' } }],
    ['mutes_muteStream', { path: { roomId: 'class-3', streamId: 's', kind: 'video' } }],
    ['mutes_readOfStream', { path: { roomId: 'class-3', streamId: 's' } }],
    ['mutes_unmuteStream', { path: { roomId: 'class-3', streamId: 's', kind: 'video' } }],
    ['streams_listOfRoom', { path: { roomId: 'class-3' } }],
    ['streams_listOfUser', { path: { userId: 'ada' } }],
    ['recordings_list', {}],
    ['audit_list', { query: { limit: 2 } }],
    ['audit_export', {}],
    ['audit_listOfApp', mine],
    ['audit_exportOfApp', mine],
    ['apps_delete', { ...mine, body: { confirm: name } }],
  ] as [string, RestRequest][]) {
    await must(operationId, request);
  }
  expect(await codeOf('streams_stop', { path: { streamId: 'none' } })).toEqual([404, 1004002]);
  await askAsOwner();
  const parameters = { keyId: `pr_live_${'0'.repeat(16)}`, name: 'multiRoom', kind: 'audio', banId: 'none' };
  for (const operationId of rest.operationIds.filter((id) => !rest.asked.has(id))) {
    const path = Object.fromEntries(
      rest
        .pathParametersOf(operationId)
        .map((each) => [each, (parameters as Record<string, string>)[each] ?? 'none']),
    );
    const { status } = await ask(operationId, { path: { ...path, appId: app.appId } });
    expect([operationId, status < 500]).toEqual([operationId, true]);
  }
  expect(rest.operationIds.filter((id) => !rest.asked.has(id))).toEqual([]);
  expect(rest.operationIds.length).toBeGreaterThan(80);
});

/** The routes of a sign-in, and those for operators. */
async function askAsOwner(): Promise<void> {
  const text = await readFile(cluster.cluster.firstOwnerFile, 'utf8');
  const [, email, password] = /E-mail: +(\S+)\nTemporary password: (\S+)/.exec(text)!;
  const { origin } = new URL(cluster.cluster.consoleUrl!);
  const signedIn = await rest.send('session_signIn', { headers: { origin }, body: { email, password } });
  expect(signedIn.body).toEqual({ next: 'done' });
  const changed = await rest.send('session_changePassword', {
    headers: { origin, cookie: cookiesOf(signedIn) },
    body: { currentPassword: password, newPassword: 'violet harbour mechanic 9' },
  });
  expect(changed.status).toBe(200);
  const asOwner = { headers: { origin, cookie: cookiesOf(changed) || cookiesOf(signedIn) } };
  for (const operationId of [
    'session_getSession',
    'session_listSessions',
    'session_listMethods',
    'session_listPasskeys',
  ]) {
    expect([operationId, (await rest.send(operationId, asOwner)).status]).toEqual([operationId, 200]);
  }
  const { operator } = (await must('operators_create', {
    body: { email: 'second@example.com', name: 'Second', grants: [{ role: 'viewer' }] },
  })) as { operator: { operatorId: string } };
  const path = { operatorId: operator.operatorId };
  for (const [operationId, request] of [
    ['operators_list', {}],
    ['operators_setGrants', { path, body: { grants: [{ role: 'operator' }] } }],
    ['operators_resetPassword', { path }],
    ['operators_resetFactors', { path }],
    ['operators_listSessions', { path }],
    ['operators_endSessions', { path }],
    ['operators_setEnabled', { path, body: { enabled: false } }],
  ] as [string, RestRequest][]) {
    await must(operationId, request);
  }
  expect((await rest.send('session_signOut', asOwner)).status).toBe(200);
}

function cookiesOf({ headers }: RestAnswer): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
