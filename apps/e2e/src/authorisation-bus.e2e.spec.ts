import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import * as contracts from '@polyroom/contracts';
import {
  AppError,
  authRpc,
  type NodeRpcContract,
  type Permission,
  type RpcContract,
} from '@polyroom/contracts';
import { StatementSigner } from '@polyroom/tokens';
import { waitFor } from '@polyroom/testing';
import pLimit from 'p-limit';
import { readRequestTable } from './support/authorisation-oracle.js';
import { SharedCluster } from './support/shared-cluster.js';

/**
 * Every privileged request between services with every permission, in its own AppID and another one, and with forged
 * statements. The oracle is the table of docs/authorisation.md. Each request is valid, because a service validates it
 * before it verifies the statement.
 */
type Privileged = RpcContract | NodeRpcContract;

const table = await readRequestTable();
const privileged = findPrivileged(contracts);
/** On a busy machine some of so many at once would not be answered in time. */
const limit = pLimit(16);
const keyId = `pr_live_${'0'.repeat(16)}`;
const recordingId = `rc_none_${'0'.repeat(32)}`;
const recordingPath = 'app-1/streams/s.20260101T000000000Z.mkv';
const system = { userId: '$system', userName: 'system' };
const room = { roomId: 'r' };
const operatorId = 'none';
const endpointId = `wh_${'0'.repeat(16)}`;
const url = 'https://hooks.example.com/polyroom';
const cursor = '1-0';
const sessionId = `se_${'0'.repeat(32)}`;

const bodies: Record<string, object> = {
  'auth.createApp': { name: 'again' },
  'auth.setAppEnabled': { enabled: true },
  'auth.setAppCredentials': { credentialKinds: ['native'] },
  // The name is wrong, so that the AppID stays.
  'auth.deleteApp': { confirm: 'wrong' },
  'auth.promoteSecret': { secretId: '0'.repeat(16) },
  'auth.retireSecret': { secretId: '0'.repeat(16) },
  'auth.setEntitlement': { name: 'multiRoom', value: true },
  'auth.listUserEntitlements': { userId: 'u' },
  'auth.setUserEntitlement': { userId: 'u', name: 'multiRoom', value: true },
  'auth.revokeTokens': { userId: 'u' },
  'auth.createApiKey': { name: 'key', permissions: ['rooms:read'] },
  'auth.setApiKeyExpiry': { keyId, expiresInMs: 0 },
  'auth.revokeApiKey': { keyId },
  'auth.createOperator': { email: 'bus@example.com', name: 'Bus', grants: [{ role: 'viewer' }] },
  'auth.setOperatorGrants': { operatorId, grants: [{ role: 'viewer' }] },
  'auth.setOperatorEnabled': { operatorId, enabled: true },
  'auth.resetOperatorPassword': { operatorId },
  'auth.resetOperatorFactors': { operatorId },
  'auth.listOperatorSessions': { operatorId },
  'auth.endOperatorSessions': { operatorId },
  'room.createRoom': { ...room, keepMs: 60_000 },
  'room.closeRoom': room,
  'room.kickUser': { userId: 'u' },
  'room.setBan': { userId: 'u', forMs: 0 },
  'room.setRoomAttributes': { ...room, changes: [{ key: 'k', value: 'v' }] },
  'room.listUserRooms': { userId: 'u' },
  'room.setMemberMute': { ...room, userId: 'u', kind: 'audio', muted: true },
  'room.setStreamMute': { ...room, streamId: 's', kind: 'audio', muted: true },
  'room.readMemberMutes': { ...room, userId: 'u' },
  'room.readStreamMutes': { ...room, streamId: 's' },
  'messaging.sendBarrage': { ...room, from: system, content: 'x', category: 'system' },
  'messaging.permitUpdate': { ...room, from: system, kind: 'attribute', texts: [{ key: 'k', content: 'x' }] },
  'room.listRoomStreams': room,
  'room.listUserSessions': { userId: 'u' },
  'room.listUserStreams': { userId: 'u' },
  'room.readRoomAttributes': room,
  'room.readRoomSettings': room,
  'room.liftBan': { banId: 'none' },
  'room.stopStream': { streamId: 's' },
  'room.announceStream': { ...room, streamId: 's', user: { userId: 'u', userName: 'u' } },
  'room.withdrawStream': { ...room, streamId: 's' },
  'room.forbidStream': { streamId: 's', forSeconds: 1 },
  'room.countMembers': { roomIds: ['r'] },
  'room.findMembers': { ...room, userIds: ['u'] },
  'room.listMembersInOrder': room,
  'room.listTimedStreams': room,
  'room.findSession': { userId: 'u' },
  'room.findStreamSession': { streamId: 's' },
  'session.endStream': { streamId: 's' },
  'session.setStreamShare': { ...room, streamId: 's', shared: true },
  'session.transferSession': { fromRoomId: 'r', toRoomId: 'q', leaves: true, sharesStreams: false },
  'messaging.listMessages': room,
  'messaging.deleteMessage': { ...room, messageId: 1 },
  'auth.getUsage': { fromMs: 0, toMs: 3_600_000 },
  'auth.createWebhook': { url },
  'auth.updateWebhook': { endpointId },
  'auth.deleteWebhook': { endpointId },
  'auth.rotateWebhookSecret': { endpointId },
  'auth.setLoginHook': { url, onFailure: 'allow' },
  'webhooks.listDeliveries': { endpointId },
  'webhooks.replayWebhook': { endpointId, fromMs: 0 },
  'webhooks.retryDelivery': { endpointId, cursor },
  'webhooks.testWebhook': { endpointId },
  'recorder.beginRecording': room,
  'recorder.endRecording': { recordingId },
  'recorder.endOwnRecording': { recordingId },
  'recorder.readRecordingFile': { recordingId, path: recordingPath, offset: 0, length: 0 },
};

let cluster: SharedCluster;
let bus: Bus;
let recorderId: string;
let gatewayId: string;
let appId: number;
let otherAppId: number;
let forged: StatementSigner;

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  bus = await Bus.connect({ url: cluster.cluster.natsUrl, name: 'matrix' });
  const reported: string[] = [];
  const listening = bus.subscribe(
    contracts.recorderReported,
    {},
    ({ instanceId }) => void reported.push(instanceId),
  );
  await waitFor(() => reported.length > 0, { timeoutMs: 10_000, describe: 'the recorder' });
  listening.close();
  recorderId = reported[0]!;
  gatewayId = await findGateway();
  ({ appId } = await cluster.createApp());
  ({ appId: otherAppId } = await cluster.createApp());
  forged = await StatementSigner.create();
});
afterAll(async () => {
  await bus?.close();
  await cluster?.close();
});

test('the table has every privileged request of the contracts, and no other one', () => {
  expect(privileged.length).toBeGreaterThan(40);
  expect([...table.keys()].sort()).toEqual(privileged.map(nameOf).sort());
  const optional = privileged.filter(({ authority }) => authority!.isOptional === true).map(nameOf);
  expect(
    [...table]
      .filter(([, row]) => row.isOptional)
      .map(([name]) => name)
      .sort(),
  ).toEqual(optional.sort());
});

test('each request is accepted with a statement of its permission and AppID, and with no other one', async () => {
  const cells: { cell: string; actual: string; expected: string }[] = [];
  for (const permission of contracts.permissions) {
    const isOfApp = contracts.permissionList[permission].scope === 'app';
    const statements = {
      own: await stateAuthority(permission, isOfApp ? appId : undefined),
      ...(isOfApp ? { other: await stateAuthority(permission, otherAppId) } : {}),
    };
    const pairs = privileged.flatMap((contract) =>
      Object.entries(statements).map(([app, statement]) => ({ contract, app, statement })),
    );
    cells.push(
      ...(await limit.map(pairs, async ({ contract, app, statement }) => {
        const isRight = table.get(nameOf(contract))!.permission === permission && app === 'own';
        return {
          cell: `${nameOf(contract)}, ${permission} of ${app} AppID`,
          actual: await outcomeOf(contract, statement),
          expected: isRight ? 'accepted' : 'refused',
        };
      })),
    );
  }
  const forgeries = privileged.flatMap((contract) => {
    const { permission } = table.get(nameOf(contract))!;
    const claims = {
      actor: 'local-admin',
      kind: 'operator',
      permission: permission as Permission,
      appId,
    } as const;
    const forms: Record<string, () => Promise<string | undefined>> = {
      'no statement': async () => undefined,
      'the name of an operator': async () => 'local-admin',
      'a statement of another key': () => forged.sign(claims),
    };
    return Object.entries(forms).map(([name, state]) => ({ contract, name, state }));
  });
  cells.push(
    ...(await limit.map(forgeries, async ({ contract, name, state }) => ({
      cell: `${nameOf(contract)}, ${name}`,
      actual: await outcomeOf(contract, await state()),
      expected: 'refused',
    }))),
  );
  const equal = cells.filter(({ actual, expected }) => actual === expected).length;
  console.info(`authorisation matrix of privileged requests: ${cells.length} cells compared, ${equal} equal`);
  const written = (key: 'actual' | 'expected') => cells.map((each) => `${each.cell}: ${each[key]}`);
  expect(written('actual')).toEqual(written('expected'));
});

async function findGateway(): Promise<string> {
  const ids: string[] = [];
  const listening = bus.subscribe(
    contracts.instanceReportEvents.gateway,
    {},
    ({ instanceId }) => void ids.push(instanceId),
  );
  await waitFor(() => ids.length > 0, { timeoutMs: 30_000, describe: 'the report of a gateway' });
  listening.close();
  return ids[0]!;
}

async function stateAuthority(permission: Permission, ofAppId: number | undefined): Promise<string> {
  const credential = cluster.cluster.adminToken;
  const request = { credential, permission, ...(ofAppId === undefined ? {} : { appId: ofAppId }) };
  return (await bus.request(authRpc.authorize, request)).statement;
}

/** `refused` if the statement is refused; every other answer comes from the handler. */
async function outcomeOf(
  contract: Privileged,
  statement: string | undefined,
  isRepeated = false,
): Promise<string> {
  const request = bodyOf(contract) as never;
  const more = statement === undefined ? {} : { statement };
  try {
    const reply: unknown = await (contract.kind === 'rpc'
      ? bus.request(contract, request, more)
      : bus.requestNode(contract, contract.service === 'session' ? gatewayId : recorderId, request, more));
    // Each message has its own outcome.
    const [outcome] = (reply as { outcomes?: { error?: { code: number } }[] }).outcomes ?? [];
    return outcome?.error?.code === 1190126 ? 'refused' : 'accepted';
  } catch (error) {
    // An instance that is too busy to answer tells nothing about authority: it is asked again.
    if (AppError.is(error, 'BUS_TIMEOUT') && !isRepeated) {
      return outcomeOf(contract, statement, true);
    }
    if (!AppError.is(error) || error.code === 1000017) {
      throw new Error(`${nameOf(contract)}: the request is invalid`, { cause: error });
    }
    return error.code === 1190126 ? 'refused' : 'accepted';
  }
}

function bodyOf(contract: Privileged): object {
  const name = nameOf(contract);
  if (name === 'messaging.send') {
    const content = { from: system, content: 'x', category: 'system', kind: 'broadcast' };
    return { messages: [{ appId, ...room, ...content, clientMessageId: 'm' }] };
  }
  if (contract.service === 'session') {
    return { session: { appId, userId: 'u', sessionId }, ...bodies[name] };
  }
  const isOfApp = contracts.permissionList[contract.authority!.permission].scope === 'app';
  return { ...(isOfApp || name === 'auth.createApp' ? { appId } : {}), ...bodies[name] };
}

function nameOf({ service, method }: Privileged): string {
  return `${service}.${method}`;
}

function findPrivileged(group: object): Privileged[] {
  return Object.values(group).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      return [];
    }
    if ((value as Partial<Privileged>).authority !== undefined) {
      return [value as Privileged];
    }
    // A module of contracts.
    return Symbol.toStringTag in value ? findPrivileged(value) : [];
  });
}
