import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';
import { sign } from './support/zego-signature.js';

/** The server API in the form of ZEGO, action by action, against a cluster. */
interface Reply {
  Code: number;
  Message: string;
  RequestId: string;
  Data?: Record<string, unknown>;
}
type Params = Record<string, string | number | readonly (string | number)[]>;

let testCluster: SharedCluster;
let app: TestApp;
const clients: RawClient[] = [];

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true, zegoServerApi: true });
});
afterAll(async () => {
  clients.forEach((client) => client.close());
  await testCluster?.close();
});

function toQuery(params: Params): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) {
      (value as string[]).forEach((entry) => query.append(`${name}[]`, entry));
    } else {
      query.append(name, String(value));
    }
  }
  return query;
}

async function ask(query: URLSearchParams, body?: object): Promise<Reply> {
  const response = await fetch(`${testCluster.cluster.gateways[0]!.httpUrl}/?${query.toString()}`, {
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
  });
  expect(response.status).toBe(200);
  const reply = (await response.json()) as Reply;
  expect(reply.RequestId).toBe(response.headers.get('x-request-id'));
  return reply;
}

const call = (action: string, params: Params, by = app): Promise<Reply> =>
  ask(toQuery({ Action: action, ...sign(by), ...params }));

async function dataOf(action: string, params: Params): Promise<Record<string, unknown>> {
  const reply = await call(action, params);
  expect(reply).toMatchObject({ Code: 0, Message: 'success' });
  return reply.Data ?? {};
}

/** A client in rooms; each test uses rooms of its own. */
async function enter(userId: string, ...rooms: string[]): Promise<RawClient> {
  const client = await testCluster.connect(1);
  clients.push(client);
  for (const roomId of rooms) {
    const config = { isUserStatusNotify: true };
    expect((await client.call('room.login', loginParams(app, roomId, userId, { config }))).code).toBe(0);
  }
  return client;
}

async function publish(client: RawClient, streamId: string, roomId: string): Promise<number> {
  const channel = 0;
  const claimed = await client.codeOf('stream.publish', { streamId, channel, roomId });
  if (claimed !== 0) {
    return claimed;
  }
  const rtpParameters = {
    codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc: 1000 + clients.length }],
    rtcp: { cname: streamId },
  };
  expect(await client.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters })).toBe(0);
  return client.codeOf('stream.share', { streamId, roomId, extraInfo: '' });
}

const eventually = (client: RawClient, event: string, match: Record<string, unknown>) =>
  waitFor(
    () =>
      client
        .eventsOf(event)
        .some((data) => JSON.stringify(data).includes(JSON.stringify(match).slice(1, -1))),
    { timeoutMs: 10_000, describe: `${event} with ${JSON.stringify(match)}` },
  );

describe('the signature', () => {
  const room = { RoomId: ['r'] };

  test('is accepted once, in the query or in the body, and for ten minutes', async () => {
    const query = toQuery({ Action: 'DescribeUserNum', ...sign(app), ...room });
    expect((await ask(query)).Code).toBe(0);
    expect((await ask(query)).Code).toBe(100_000_005);
    const common = toQuery({ Action: 'DescribeUserNum', ...sign(app) });
    expect((await ask(common, { RoomId: ['r'] })).Data).toEqual({
      UserCountList: [{ RoomId: 'r', UserCount: 0, AdminUserCount: 0 }],
    });
    for (const [offsetMs, code] of [
      [-590_000, 0],
      [590_000, 0],
      [-620_000, 100_000_004],
      [620_000, 100_000_004],
    ] as const) {
      const signed = sign(app, { atMs: Date.now() + offsetMs });
      expect([
        offsetMs,
        (await ask(toQuery({ Action: 'DescribeUserNum', ...signed, ...room }))).Code,
      ]).toEqual([offsetMs, code]);
    }
  });

  test('is refused with the return code of what is wrong', async () => {
    const refused = async (changes: Params, drop?: string): Promise<number> => {
      const params: Params = { Action: 'DescribeUserNum', ...sign(app), ...room, ...changes };
      const kept = Object.entries(params).filter(([name]) => name !== drop);
      return (await ask(toQuery(Object.fromEntries(kept)))).Code;
    };
    expect(await refused({ AppId: 'x' })).toBe(100_000_001);
    expect(await refused({}, 'Timestamp')).toBe(100_000_002);
    expect(await refused({ Timestamp: 'now' })).toBe(100_000_003);
    expect(await refused({ Signature: 'f'.repeat(32) })).toBe(100_000_005);
    expect(await refused({ SignatureNonce: 'another' })).toBe(100_000_005);
    expect(await refused({}, 'Action')).toBe(100_000_006);
    expect(await refused({ Action: 'StartMix' })).toBe(100_000_007);
    expect(await refused({}, 'SignatureNonce')).toBe(100_000_008);
    expect(await refused({}, 'Signature')).toBe(100_000_009);
    expect(await refused({}, 'SignatureVersion')).toBe(100_000_013);
    expect(await refused({ SignatureVersion: '1.0' })).toBe(100_000_014);
    expect((await call('DescribeUserNum', room, { ...app, appId: app.appId === 1 ? 2 : 1 })).Code).toBe(
      100_000_011,
    );
    expect((await call('DescribeUserNum', {})).Code).toBe(2);
    expect((await call('DescribeUsers', { RoomId: 'r'.repeat(200), UserId: ['u'] })).Code).toBe(3);
  });

  test('is refused by an AppID that has not switched the form on', async () => {
    const other = await testCluster.createApp({});
    expect((await call('DescribeUserNum', room, other)).Code).toBe(100_000_017);
    await testCluster.cluster.admin.setEntitlement(other.appId, 'zegoServerApi', true);
    await waitFor(async () => (await call('DescribeUserNum', room, other)).Code === 0, {
      timeoutMs: 10_000,
      describe: 'the switch to apply',
    });
  });
});

test('KickoutUser removes users from one room, and succeeds for absent ones', async () => {
  const ada = await enter('kick-ada', 'kick', 'kick-other');
  const bob = await enter('kick-bob', 'kick');
  await dataOf('KickoutUser', { RoomId: 'kick', UserId: ['kick-ada', 'absent'], CustomReason: 'be nice' });
  await eventually(ada, 'room.expelled', { roomId: 'kick', code: 1002055, reason: 'be nice' });
  await eventually(bob, 'room.userUpdate', { update: 'delete' });
  expect(await ada.codeOf('room.getSnapshot', { roomId: 'kick-other' })).toBe(0);
  const tooMany = ['1', '2', '3', '4', '5', '6'];
  expect((await call('KickoutUser', { RoomId: 'kick', UserId: tooMany })).Code).toBe(50_011);
  const long = { RoomId: 'kick', UserId: ['x'], CustomReason: 'é'.repeat(129) };
  expect((await call('KickoutUser', long)).Code).toBe(3);
});

test('CloseRoom removes every member, once a second, and answers 104 without a room', async () => {
  const ada = await enter('close-ada', 'close');
  await dataOf('CloseRoom', { RoomId: 'close', CustomReason: 'over' });
  await eventually(ada, 'room.expelled', { roomId: 'close', code: 1002055, reason: 'over' });
  const codes = new Set<number>();
  await waitFor(
    async () => {
      codes.add((await call('CloseRoom', { RoomId: 'close' })).Code);
      return codes.has(104) && codes.has(206);
    },
    { timeoutMs: 10_000, describe: 'both 104 and the limit' },
  );
  expect([...codes].sort()).toEqual([104, 206]);
});

test('SendBroadcastMessage reaches the members, but not the client of the sender', async () => {
  const ada = await enter('cast-ada', 'cast');
  const message = { RoomId: 'cast', UserId: 'cast-bot', UserName: 'Bot', MessageCategory: 2 };
  const { MessageId } = await dataOf('SendBroadcastMessage', {
    ...message,
    MessageContent: 'hello & goodbye',
  });
  expect(MessageId).toEqual(expect.any(Number));
  await waitFor(() => ada.events.some(({ data }) => JSON.stringify(data).includes('hello & goodbye')), {
    timeoutMs: 10_000,
    describe: 'the message',
  });
  expect((await call('SendBroadcastMessage', { ...message, MessageContent: '' })).Code).toBe(1008);
  const long = { ...message, MessageContent: 'x'.repeat(1025) };
  expect((await call('SendBroadcastMessage', long)).Code).toBe(50_012);
  expect(
    (await call('SendBroadcastMessage', { ...message, MessageContent: 'x', MessageCategory: 3 })).Code,
  ).toBe(2);
});

test('SendBarrageMessage reaches the members', async () => {
  const ada = await enter('barrage-ada', 'barrage');
  const message = { RoomId: 'barrage', UserId: 'bot', MessageCategory: 1, MessageContent: 'flying' };
  expect(await dataOf('SendBarrageMessage', message)).toEqual({ MessageId: expect.any(String) });
  await waitFor(() => ada.events.some(({ data }) => JSON.stringify(data).includes('flying')), {
    timeoutMs: 10_000,
    describe: 'the barrage message',
  });
});

test('SendCustomCommand reaches named users, and lists those that are not online', async () => {
  const ada = await enter('command-ada', 'command');
  const command = { RoomId: 'command', FromUserId: 'bot', MessageContent: '{"go":1}' };
  expect(await dataOf('SendCustomCommand', { ...command, ToUserId: ['command-ada', 'absent'] })).toEqual({
    FailUsers: [{ Uid: 'absent', Code: 50_003 }],
  });
  await waitFor(() => ada.events.some(({ data }) => JSON.stringify(data).includes('{\\"go\\":1}')), {
    timeoutMs: 10_000,
    describe: 'the command',
  });
  expect(await dataOf('SendCustomCommand', command)).toEqual({ FailUsers: [] });
  const many = Array.from({ length: 11 }, (_, at) => `u${at}`);
  expect((await call('SendCustomCommand', { ...command, ToUserId: many })).Code).toBe(50_011);
});

test('DescribeUserNum, DescribeUserList and DescribeUsers describe rooms and their members', async () => {
  for (const userId of ['list-a', 'list-b', 'list-c']) {
    await enter(userId, 'list');
  }
  expect(await dataOf('DescribeUserNum', { RoomId: ['list', 'none'] })).toEqual({
    UserCountList: [
      { RoomId: 'list', UserCount: 3, AdminUserCount: 0 },
      { RoomId: 'none', UserCount: 0, AdminUserCount: 0 },
    ],
  });
  const { UserStatusList } = await dataOf('DescribeUsers', { RoomId: 'list', UserId: ['list-b', 'absent'] });
  expect(UserStatusList).toEqual([
    { UserId: 'list-b', Status: 1, LoginTime: expect.any(Number), UserRole: 2 },
    { UserId: 'absent', Status: 0, LoginTime: 0, UserRole: 0 },
  ]);
  const [{ LoginTime }] = UserStatusList as [{ LoginTime: number }];
  expect(Math.abs(Date.now() - LoginTime)).toBeLessThan(60_000);
  expect((await call('DescribeUsers', { RoomId: 'none', UserId: ['x'] })).Code).toBe(50_001);
  const first = await dataOf('DescribeUserList', { RoomId: 'list', Limit: 2 });
  const user = (UserId: string) => ({ UserId, UserName: `${UserId} name`, UserRole: 2 });
  expect(first['UserList']).toEqual([user('list-a'), user('list-b')]);
  const next = { RoomId: 'list', Marker: first['Marker'] as string };
  // At once, because a second may have passed since the first.
  const again = await Promise.all([1, 2, 3].map(() => call('DescribeUserList', next)));
  expect(again.map(({ Code }) => Code)).toContain(207);
  let rest: Reply | undefined;
  await waitFor(
    async () => {
      rest = await call('DescribeUserList', next);
      return rest.Code === 0;
    },
    { timeoutMs: 10_000, describe: 'the second to pass' },
  );
  expect(rest!.Data).toEqual({ Marker: '', UserList: [user('list-c')] });
});

test('DescribeSimpleStreamList lists streams, once in ten seconds; DeleteStream takes one from its user', async () => {
  const ada = await enter('streams-ada', 'streams');
  expect(await publish(ada, 'streams-cam', 'streams')).toBe(0);
  const { StreamList } = await dataOf('DescribeSimpleStreamList', { RoomId: 'streams' });
  expect(StreamList).toEqual([
    {
      StreamId: 'streams-cam',
      UserId: 'streams-ada',
      UserName: 'streams-ada name',
      CreateTime: expect.any(Number),
      StreamNumberId: expect.any(Number),
    },
  ]);
  const [{ CreateTime }] = StreamList as [{ CreateTime: number }];
  expect(Math.abs(Date.now() - CreateTime)).toBeLessThan(60_000);
  expect((await call('DescribeSimpleStreamList', { RoomId: 'streams' })).Code).toBe(207);
  const stream = { RoomId: 'streams', UserId: 'streams-ada', StreamId: 'streams-cam' };
  await dataOf('DeleteStream', stream);
  await eventually(ada, 'stream.stopped', { streamId: 'streams-cam', code: 1003025 });
  expect((await call('DeleteStream', stream)).Code).toBe(138);
});

test('AddStream lists a stream of a user who is elsewhere, and DeleteStream removes it', async () => {
  const viewer = await enter('added-viewer', 'added');
  const publisher = await enter('added-publisher', 'added-elsewhere');
  expect(await publish(publisher, 'added-cam', 'added-elsewhere')).toBe(0);
  const stream = { RoomId: 'added', UserId: 'guest', StreamId: 'added-cam' };
  expect((await call('AddStream', { ...stream, RoomId: 'added-nowhere' })).Code).toBe(104);
  await dataOf('AddStream', { ...stream, UserName: 'Guest', StreamTitle: 'A match', ExtraInfo: 'pk' });
  await dataOf('AddStream', stream);
  await eventually(viewer, 'room.streamUpdate', { update: 'add' });
  expect(viewer.eventsOf('room.streamUpdate')).toMatchObject([
    { streams: [{ streamId: 'added-cam', user: { userId: 'guest', userName: 'Guest' }, extraInfo: 'pk' }] },
  ]);
  expect((await call('AddStream', { ...stream, UserId: 'another' })).Code).toBe(1012);
  // It is played as any stream of the room is.
  const rtpCapabilities = {
    codecs: [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
    ],
    headerExtensions: [],
  };
  const play = { streamId: 'added-cam', roomId: 'added', rtpCapabilities };
  expect(await viewer.codeOf('stream.play', play)).toBe(0);
  await dataOf('DeleteStream', stream);
  await eventually(viewer, 'room.streamUpdate', { update: 'delete' });
  await eventually(viewer, 'stream.playUpdate', { streamId: 'added-cam' });
});

test('ForbidRTCStream and ForbidRTCStreams end streams and refuse them until they are resumed', async () => {
  const ada = await enter('forbid-ada', 'forbid');
  const bob = await enter('forbid-bob', 'forbid');
  expect(await publish(ada, 'forbid-1', 'forbid')).toBe(0);
  await dataOf('ForbidRTCStream', { StreamId: 'forbid-1', Sequence: '1' });
  await eventually(ada, 'stream.stopped', { streamId: 'forbid-1', code: 1003025 });
  expect(await publish(ada, 'forbid-1', 'forbid')).toBe(1003025);
  await dataOf('ForbidRTCStreams', { StreamId: ['forbid-2', 'forbid-3'], Sequence: '2' });
  expect(await publish(bob, 'forbid-2', 'forbid')).toBe(1003025);
  await dataOf('ResumeRTCStream', { StreamId: 'forbid-1', Sequence: '3' });
  await dataOf('ResumeRTCStreams', { StreamId: ['forbid-2', 'forbid-3'], Sequence: '4' });
  expect(await publish(ada, 'forbid-1', 'forbid')).toBe(0);
  expect(await publish(bob, 'forbid-2', 'forbid')).toBe(0);
  const many = Array.from({ length: 21 }, (_, at) => `s${at}`);
  expect((await call('ForbidRTCStreams', { StreamId: many, Sequence: '5' })).Code).toBe(30_006);
  expect((await call('ForbidRTCStream', { StreamId: 'x' })).Code).toBe(2);
});

test('SetForbidUserRule, DescribeForbidUserRules and DelForbidUserRule ban users, and from publishing', async () => {
  const ada = await enter('rule-ada', 'rule');
  const rule = { RuleType: 4, RoomId: 'rule', UserId: 'rule-ada' };
  const { ExpireTime } = await dataOf('SetForbidUserRule', {
    ...rule,
    DisabledPrivilege: [2],
    EffectiveTime: 60,
  });
  expect(Math.abs(Number(ExpireTime) - Date.now() / 1000 - 60)).toBeLessThan(30);
  expect(await publish(ada, 'rule-cam', 'rule')).toBe(1003025);
  await dataOf('SetForbidUserRule', { ...rule, DisabledPrivilege: [1, 2], EffectiveTime: 60 });
  await eventually(ada, 'room.expelled', { roomId: 'rule', code: 1002055 });
  expect(await dataOf('DescribeForbidUserRules', { RuleType: 4 })).toEqual({
    RuleList: [
      {
        ...{ RuleType: 4, IP: '', RoomId: 'rule', UserId: 'rule-ada', DisabledPrivilegeList: [1, 2] },
        ExpireTime: expect.any(Number),
      },
    ],
  });
  expect(await dataOf('DescribeForbidUserRules', { RuleType: 3 })).toEqual({ RuleList: [] });
  await dataOf('DelForbidUserRule', rule);
  expect((await call('DelForbidUserRule', rule)).Code).toBe(50_124);
  await enter('rule-ada', 'rule');
  const byRoom = { RuleType: 2, RoomId: 'rule', EffectiveTime: 60 };
  expect((await call('SetForbidUserRule', { ...byRoom, DisabledPrivilege: [2] })).Code).toBe(2);
  expect((await call('SetForbidUserRule', { ...byRoom, RuleType: 1, DisabledPrivilege: [1] })).Code).toBe(2);
});

test('SetForbidStreamRule, DescribeForbidStreamRules and DelForbidStreamRule mute streams of a room', async () => {
  const ada = await enter('muted-ada', 'muted');
  const bob = await enter('muted-bob', 'muted');
  expect(await publish(ada, 'muted-cam', 'muted')).toBe(0);
  const stream = { RoomId: 'muted', StreamId: 'muted-cam' };
  const rulesOf = async () => {
    const query = { RoomId: 'muted', StreamId: ['muted-cam', 'none'] };
    return (await dataOf('DescribeForbidStreamRules', query))['ForbidStreamRuleList'];
  };
  const rule = (StreamId: string, DisableAudio: number, DisableVideo: number) => ({
    ...{ StreamId, DisableAudio, DisableVideo, CreateTime: 0, EffectiveTime: 0 },
  });
  await dataOf('SetForbidStreamRule', { ...stream, DisableAudio: 1, EffectiveTime: 90_000 });
  await eventually(bob, 'room.streamMuted', { streamId: 'muted-cam' });
  expect(await rulesOf()).toEqual([rule('muted-cam', 1, 0), rule('none', 0, 0)]);
  await dataOf('SetForbidStreamRule', { ...stream, DisableVideo: 1 });
  expect(await rulesOf()).toEqual([rule('muted-cam', 0, 1), rule('none', 0, 0)]);
  await dataOf('DelForbidStreamRule', stream);
  await dataOf('DelForbidStreamRule', stream);
  expect(await rulesOf()).toEqual([rule('muted-cam', 0, 0), rule('none', 0, 0)]);
  expect((await call('SetForbidStreamRule', stream)).Code).toBe(2);
  expect((await call('SetForbidStreamRule', { ...stream, DisableAudio: 2 })).Code).toBe(2);
  const elsewhere = { ...stream, RoomId: 'muted-nowhere', DisableAudio: 1 };
  expect((await call('SetForbidStreamRule', elsewhere)).Code).toBe(104);
});

test('the audit names the secret that signed the acts', async () => {
  const rows = () =>
    testCluster.cluster.admin.listAudit(app.appId) as Promise<{ action: string; actor: string }[]>;
  await waitFor(async () => (await rows()).some(({ action }) => action === 'stream.unmute'), {
    timeoutMs: 10_000,
    describe: 'the acts in the audit',
  });
  const signed = (await rows()).filter(({ actor }) => actor.startsWith('zego:'));
  expect(new Set(signed.map(({ action }) => action))).toEqual(
    new Set([
      ...['user.kick', 'room.close', 'message.send', 'stream.announce', 'stream.withdraw'],
      ...['stream.forbid', 'stream.permit', 'ban.set', 'stream.mute', 'stream.unmute'],
    ]),
  );
});
