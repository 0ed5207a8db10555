import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clientMethods } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { credentials, issueToken, ownRooms } from './support/authorisation-credentials.js';
import {
  type Credential,
  readMethodTable,
  readTokenTable,
  SessionOracle,
} from './support/authorisation-oracle.js';
import { describeStep, opus, type Step, stepsOf } from './support/authorisation-steps.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/**
 * Every client method with every kind of credential, against an oracle that is written from the documentation.
 *
 * Combinations are left out where they cannot differ:
 * - After a login, only its rights count, not the kind of token: expired and revoked tokens are tried with one
 *   credential of each kind that has all rights.
 * - Only `room.login` and `session.resume` name an AppID, so a room or a stream of another AppID is one that the
 *   session does not know; both are tried with every credential.
 * - Without a session the credential does not count, so all methods are tried once.
 * - The right of `stream.produce`, `stream.produceData` and `stream.republish` cannot be missing when they are
 *   asked for: `stream.publish` is refused before them, and a renewal without the right ends the stream.
 */
const table = await readMethodTable();
const tokenCodes = await readTokenTable();

/** They name rooms of the stream, and the session has no stream. */
const ofOwnStreams = ['stream.mute', 'stream.setExtraInfo'];
const cells = { compared: 0, equal: 0 };
const open: RawClient[] = [];
let cluster: SharedCluster;
let app: TestApp;
let otherApp: TestApp;
let nativeApp: TestApp;
let count = 0;

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  const entitlements = {
    ...{ multiRoom: true, maxRoomsPerUser: 10, maxDataStreams: 4, shareStream: true },
    ...{ broadcastsPerUserPerSecond: 0, broadcastsPerRoomPerSecond: 0, barragesPerRoomPerSecond: 0 },
    ...{ commandsToManyPerRoomPerSecond: 0, transparentsPerRoomPerSecond: 0 },
    ...{ updatesPerUserPerSecond: 0, attributeChangesPerRoomPerSecond: 0 },
  };
  app = await cluster.createApp(entitlements);
  otherApp = await cluster.createApp(entitlements);
  nativeApp = await cluster.createApp(entitlements);
  const path = `/v1/apps/${nativeApp.appId}/credentials`;
  await cluster.cluster.admin.send('PUT', path, { credentialKinds: ['native'] });
  await publishAs('pat', app, { hall: ['cam-pat', 'data-pat'], vault: ['cam-vault'] });
  await publishAs('pat', otherApp, { elsewhere: ['cam-elsewhere'] });
});
afterAll(async () => {
  open.forEach((client) => client.close());
  await cluster?.close();
  console.info(`authorisation matrix of clients: ${cells.compared} cells compared, ${cells.equal} equal`);
});

async function connect(): Promise<RawClient> {
  const client = await cluster.connect(0);
  open.push(client);
  return client;
}

/** A user whose streams the sessions of the matrix find in the rooms. */
async function publishAs(userId: string, ofApp: TestApp, rooms: Record<string, string[]>): Promise<void> {
  const client = await connect();
  let channel = 0;
  const codes: number[] = [];
  for (const [roomId, streams] of Object.entries(rooms)) {
    codes.push(await client.codeOf('room.login', loginParams(ofApp, roomId, userId)));
    for (const streamId of streams) {
      const isData = streamId.startsWith('data');
      const claim = { streamId, roomId, ...(isData ? {} : { channel }) };
      codes.push(await client.codeOf('stream.publish', claim));
      codes.push(
        isData
          ? await client.codeOf('stream.produceData', { streamId, sctpStreamParameters: sctpOf(1) })
          : await client.codeOf('stream.produce', {
              streamId,
              kind: 'audio',
              rtpParameters: ofSsrc(++channel),
            }),
      );
      codes.push(await client.codeOf('stream.share', { streamId, roomId }));
    }
  }
  expect(codes.filter((code) => code !== 0)).toEqual([]);
}

const sctpOf = (streamId: number) => ({ streamId, ordered: true });

function ofSsrc(ssrc: number): typeof opus {
  return { ...opus, mid: String(ssrc), encodings: [{ ssrc: 1000 + ssrc }] };
}

async function codeOf(client: RawClient, { method, params, read }: Step): Promise<number> {
  const answer = await client.call(method as never, params as never);
  return 'result' in answer ? (read?.(answer.result as never) ?? 0) : answer.code;
}

function compare(name: string, outcomes: { cell: string; actual: number; expected: number }[]): void {
  const written = (key: 'actual' | 'expected') =>
    outcomes.map((each) => `${name}: ${each.cell}: ${each[key]}`);
  cells.compared += outcomes.length;
  cells.equal += outcomes.filter(({ actual, expected }) => actual === expected).length;
  expect(written('actual')).toEqual(written('expected'));
}

const loginWith = (ofApp: TestApp, userId: string, credential: Credential, token: string | undefined) => {
  const config = credential.listenOnly === true ? { config: { listenOnly: true } } : {};
  const shown = token === undefined ? {} : { appSign: undefined, token };
  return (roomId: string) => loginParams(ofApp, roomId, userId, { ...shown, ...config });
};

test('the table has every client method, and no other one', () => {
  const documented = new Set([...table.keys()].map((row) => row.split(',')[0]!));
  expect([...documented].sort()).toEqual(Object.keys(clientMethods).sort());
  const tried = new Set(stepsOf(() => ({}), 'token').map(({ method }) => method));
  // Tried below, with and without the secret of the session.
  tried.add('session.resume');
  expect([...tried].sort()).toEqual(Object.keys(clientMethods).sort());
});

test.each(credentials.map((credential) => [credential.name, credential] as const))(
  '%s: every client method',
  async (name, credential) => {
    const userId = `me-${(count += 1)}`;
    const token = await issueToken(credential, { app, userId });
    const client = await connect();
    const oracle = new SessionOracle(table, credential);
    const outcomes = [];
    for (const each of stepsOf(loginWith(app, userId, credential, token), token)) {
      const expected = oracle.next(each);
      if (each.row === 'room.login' && each.enters === 'hall' && expected !== 0) {
        // Without a session there is nothing more to compare: the test of that is below.
        outcomes.push({ cell: describeStep(each), actual: await codeOf(client, each), expected });
        break;
      }
      outcomes.push({ cell: describeStep(each), actual: await codeOf(client, each), expected });
    }
    client.close();
    compare(name, outcomes);
  },
);

test('no session has ended or muted a stream of another user', async () => {
  const path = `/v1/apps/${app.appId}/rooms/hall`;
  const { streams } = (await cluster.cluster.admin.send('GET', path)) as { streams: { streamId: string }[] };
  expect(streams.map(({ streamId }) => streamId).sort()).toEqual(['cam-pat', 'data-pat']);
});

/** Methods that need no session, or answer 1002002 without one. */
const withoutSession: Record<string, number> = { 'room.login': 0, 'room.logout': 1002002 };

test('without a session: every client method', async () => {
  const client = await connect();
  const steps = stepsOf(() => ({}), 'token').filter(({ method }) => method !== 'room.login');
  const outcomes = [];
  for (const each of steps) {
    const expected = withoutSession[each.method] ?? 1000002;
    outcomes.push({ cell: describeStep(each), actual: await codeOf(client, each), expected });
  }
  compare('no session', outcomes);
});

const fullTokens: Credential[] = [
  {
    name: 'native',
    kind: 'native',
    rooms: [{ roomId: 'hall', rights: ['login', 'publish', 'subscribe', 'message', 'share'] }],
  },
  { name: 'token04', kind: 'token04', rooms: [{ roomId: 'hall', rights: ['login', 'publish'] }] },
];

test.each(
  fullTokens.flatMap((credential) =>
    (['expired', 'revoked'] as const).flatMap((end) =>
      [false, true].map((staysElsewhere) => [credential.name, end, staysElsewhere, credential] as const),
    ),
  ),
)(
  'a session whose %s token has %s (in another room: %s): every client method',
  async (kind, end, staysElsewhere, credential) => {
    const userId = `me-${(count += 1)}`;
    const client = await connect();
    const enter = (ofRoom: string, shown: string) =>
      client.codeOf('room.login', loginParams(app, ofRoom, userId, { appSign: undefined, token: shown }));
    const elsewhere: Credential = { ...credential, rooms: [{ ...credential.rooms![0]!, roomId: 'annex' }] };
    if (staysElsewhere) {
      expect(await enter('annex', (await issueToken(elsewhere, { app, userId }))!)).toBe(0);
    }
    // Long enough for the login, also on a busy machine.
    const seconds = end === 'expired' ? 4 : 600;
    const token = (await issueToken(credential, { app, userId, seconds }))!;
    expect(await enter('hall', token)).toBe(0);
    if (end === 'revoked') {
      await cluster.cluster.admin.send('POST', `/v1/apps/${app.appId}/revocations`, { token });
    }
    await waitFor(() => client.eventsOf('room.expelled').length > 0, {
      timeoutMs: 10_000,
      describe: 'the end',
    });
    const code = end === 'expired' ? 1002056 : 1190403;
    const outcomes = [];
    const oracle = new SessionOracle(table, elsewhere);
    oracle.next({ row: 'room.login', enters: staysElsewhere ? 'annex' : 'hall' });
    for (const each of stepsOf(() => ({}), token)) {
      // Without another room the session has ended; with one, the requests for this room are refused.
      const isOfRoom = each.room === 'hall' && table.get(each.method)!.notInRoom !== undefined;
      if (each.method !== 'room.login' && (!staysElsewhere || isOfRoom)) {
        const expected =
          each.method === 'room.logout' || (ofOwnStreams.includes(each.method) && staysElsewhere)
            ? undefined
            : code;
        if (expected !== undefined) {
          outcomes.push({ cell: describeStep(each), actual: await codeOf(client, each), expected });
        }
      }
    }
    compare(`${kind}, ${end}${staysElsewhere ? ', in another room' : ''}`, outcomes);
    client.close();
  },
);

test('a refused token, by kind: login, switch, renewal', async () => {
  const outcomes: { cell: string; actual: number; expected: number }[] = [];
  for (const kind of ['native', 'token04'] as const) {
    const any: Credential = { name: kind, kind };
    const userId = `me-${(count += 1)}`;
    const mine = { app, userId };
    const revoked = (await issueToken(any, mine))!;
    await cluster.cluster.admin.send('POST', `/v1/apps/${app.appId}/revocations`, { token: revoked });
    const nowMs = Date.now() + 1000;
    const tokens: Record<string, string> = {
      "of another AppID's secret, or not signed": (await issueToken(any, {
        app: { appId: app.appId, serverSecret: otherApp.serverSecret },
        userId,
        nowMs,
      }))!,
      "of another AppID, with this one's secret": (await issueToken(any, {
        app: { appId: otherApp.appId, serverSecret: app.serverSecret },
        userId,
        nowMs,
      }))!,
      'of another user': (await issueToken(any, { app, userId: 'else', nowMs }))!,
      expired: (await issueToken(any, { ...mine, seconds: 60, nowMs: Date.now() - 120_000 }))!,
      revoked,
    };
    const client = await connect();
    const valid = (await issueToken(any, { ...mine, nowMs: Date.now() - 5000 }))!;
    const enter = (roomId: string, token: string) =>
      loginParams(app, roomId, userId, { appSign: undefined, token });
    expect(await client.codeOf('room.login', enter('hall', valid))).toBe(0);
    for (const [name, token] of Object.entries(tokens)) {
      const expected = tokenCodes.get(name)!;
      for (const [method, params] of [
        ['room.login', enter('annex', token)],
        ['room.switch', { fromRoomId: 'hall', toRoomId: 'annex', token }],
        ['room.renewToken', { roomId: 'hall', token }],
      ] as const) {
        const actual = await client.codeOf(method, params);
        outcomes.push({ cell: `${kind} ${name}: ${method}`, actual, expected });
      }
      const fresh = await connect();
      const actual = await fresh.codeOf('room.login', enter('hall', token));
      outcomes.push({ cell: `${kind} ${name}: first room.login`, actual, expected });
      fresh.close();
    }
    client.close();
  }
  const client = await connect();
  const token04 = await issueToken({ name: '', kind: 'token04' }, { app: nativeApp, userId: 'me' });
  const [kindCode, appSignCode] = [1002079, 1001005];
  for (const [cell, expected, more] of [
    ['token04 that the AppID does not accept', kindCode, { appSign: undefined, token: token04 }],
    ['AppSign that the AppID does not accept', appSignCode, {}],
    ['neither token nor AppSign', tokenCodes.get('none, and no AppSign')!, { appSign: undefined }],
  ] as const) {
    const actual = await client.codeOf('room.login', loginParams(nativeApp, 'hall', 'me', more));
    outcomes.push({ cell, actual, expected });
  }
  client.close();
  compare('refused', outcomes);
});

test('a session is resumed with its own secret only', async () => {
  const client = await connect();
  const answer = await client.call('room.login', loginParams(app, 'hall', 'me-resumed'));
  const { sessionId, resumeToken } = 'result' in answer ? answer.result : (undefined as never);
  const ticket = { appId: app.appId, userId: 'me-resumed', sessionId, resumeToken: resumeToken!, rooms: [] };
  const outcomes = [];
  for (const [cell, expected, more] of [
    ['another secret', 1002033, { resumeToken: 'x'.repeat(resumeToken!.length) }],
    ['another AppID', 1002052, { appId: otherApp.appId }],
    ['another user', 1002052, { userId: 'pat' }],
    ['its secret', 0, {}],
  ] as const) {
    const other = await connect();
    outcomes.push({ cell, actual: await other.codeOf('session.resume', { ...ticket, ...more }), expected });
  }
  compare('session.resume', outcomes);
});

test('a member with the right hidden is in no list, any other one is', async () => {
  const outcomes = [];
  for (const right of ['hidden', 'subscribe']) {
    const userId = `me-${(count += 1)}`;
    const rooms = ownRooms.map((roomId) => ({ roomId, rights: ['login', right] }));
    const token = await issueToken({ name: right, kind: 'native', rooms }, { app, userId });
    const client = await connect();
    expect(
      await client.codeOf('room.login', loginParams(app, 'hall', userId, { appSign: undefined, token })),
    ).toBe(0);
    const path = `/v1/apps/${app.appId}/rooms/hall/members`;
    const { members } = (await cluster.cluster.admin.send('GET', path)) as { members: { userId: string }[] };
    const isListed = members.some((member) => member.userId === userId);
    outcomes.push({ cell: right, actual: Number(isListed), expected: right === 'hidden' ? 0 : 1 });
    client.close();
  }
  compare('listed', outcomes);
});
