import { expect, test } from '@jest/globals';
import {
  appSecretsRpc,
  authRpc,
  interopRpc,
  messagingRpc,
  recorderRpc,
  roomAdminRpc,
  roomDirectoryRpc,
  roomRpc,
  type RpcContract,
  sessionAdminRpc,
  usageRpc,
} from '../index.js';

/** Requests that the services make for users or for themselves. Others carry a statement. */
const unprivileged = new Set([
  ...[
    'authenticate',
    'identifyUser',
    'getEntitlements',
    'authorize',
    'authorizeSigned',
    'getStatementKeys',
    'findRevoked',
  ],
  // Read by services: room members, recording orders and new shares.
  ...['listMembers', 'findStream', 'readMutes'],
  'readHistory',
  // Reports of services.
  'recordUsage',
  // For sessions.
  ...Object.values<unknown>(roomRpc).flatMap((each) => (isRpc(each) ? each.method : [])),
]);

function isRpc(value: unknown): value is RpcContract {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'rpc';
}

test('every request for operators and application servers requires a statement', () => {
  const contracts = [
    appSecretsRpc,
    authRpc,
    interopRpc,
    messagingRpc,
    recorderRpc,
    roomAdminRpc,
    roomRpc,
    roomDirectoryRpc,
    sessionAdminRpc,
    usageRpc,
  ].flatMap((group) => Object.values<unknown>(group).filter(isRpc));
  const withoutAuthority = contracts.filter(({ authority }) => authority === undefined);
  expect(withoutAuthority.map(({ method }) => method).filter((method) => !unprivileged.has(method))).toEqual(
    [],
  );
  expect(contracts.length - withoutAuthority.length).toBeGreaterThan(15);
});

test('users share with application servers only the requests that check a user’s limits', () => {
  const shared = [authRpc, messagingRpc, recorderRpc, roomAdminRpc]
    .flatMap((group) => Object.values<unknown>(group).filter(isRpc))
    .filter(({ authority }) => authority?.isOptional === true);
  expect(shared.map(({ method }) => method).sort()).toEqual([
    'permitUpdate',
    'send',
    'sendBarrage',
    'setRoomAttributes',
  ]);
});
