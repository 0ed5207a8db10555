import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, reportRoutesFlags, RouteReports, waitFor } from '@polyroom/testing';
import pLimit from 'p-limit';
import { credentials, issueToken } from './support/authorisation-credentials.js';
import { type Credential, readTokenTable } from './support/authorisation-oracle.js';
import { opus } from './support/authorisation-steps.js';
import { type Answer, outcomeOf, send } from './support/http-answer.js';
import { readRouteTable, readSessionTable, readZegoActions } from './support/http-routes.js';
import { readPermissionTable } from './support/permission-table.js';
import { type RawClient } from './support/raw-client.js';
import { allServices, loginParams, type TestApp, TestCluster } from './support/test-cluster.js';
import {
  beginWhip,
  changeWhip,
  whipOutcome,
  whipProtocols,
  type WhipProtocol,
  whipRoom,
  whipStreams,
} from './support/whip-requests.js';
import { sign, zegoParams } from './support/zego-signature.js';

/**
 * The tables of the documentation have every HTTP route that a process registers. Of these, authorisation.e2e.spec.ts
 * asks the REST API, and operators.e2e.spec.ts the sessions of operators; here are ZEGO's form, WHIP and WHEP, and the
 * routes that need no credential.
 */
const routeTable = await readRouteTable();
const sessionTable = await readSessionTable();
const permissionTable = await readPermissionTable();
const tokenCodes = await readTokenTable();

const reports = new RouteReports();
const limit = pLimit(16);
let cells = 0;
let cluster: TestCluster;
let app: TestApp;
let otherApp: TestApp;
let apiKey: string;
let gateway: string;
let interop: string;
let consoleUrl: string;
/** Publishes the stream that players play. */
let pat: RawClient;

beforeAll(async () => {
  cluster = await TestCluster.start({
    ...allServices,
    gatewayPorts: [await freePort()],
    interopPorts: [await freePort()],
    consolePort: await freePort(),
    mediaWorkers: 1,
    nodeFlags: [...reportRoutesFlags],
    // Each request names another client address, because failures per address are limited.
    gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' },
    onLog: ({ process, text }) => reports.read(process, text),
  });
  gateway = cluster.cluster.gateways[0]!.httpUrl;
  interop = cluster.cluster.interopUrls[0]!;
  consoleUrl = cluster.cluster.consoleUrl!.replace(/\/$/, '');
  [app, otherApp] = [
    await cluster.createApp({ zegoServerApi: true }),
    await cluster.createApp({ zegoServerApi: true }),
  ];
  apiKey = await cluster.cluster.admin.createApiKey(app.appId, ['rooms:read']);
  pat = await cluster.connect(0);
  const [roomId, streamId] = [whipRoom, whipStreams.whep];
  const codes = [
    await pat.codeOf('room.login', loginParams(app, roomId, 'pat', { mode: 'single' })),
    await pat.codeOf('stream.publish', { streamId, roomId, channel: 0 }),
    await pat.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters: opus }),
    await pat.codeOf('stream.share', { streamId, roomId }),
  ];
  expect(codes).toEqual([0, 0, 0, 0]);
});
afterAll(async () => {
  pat?.close();
  await cluster?.close();
  console.info(`authorisation matrix of the other HTTP routes: ${cells} cells compared`);
});

interface Outcome {
  cell: string;
  actual: string | number;
  expected: string | number;
}

function compare(outcomes: Outcome[]): void {
  cells += outcomes.length;
  const written = (key: 'actual' | 'expected') => outcomes.map((each) => `${each.cell}: ${each[key]}`);
  expect(written('actual')).toEqual(written('expected'));
}

const appOf = (process: string): string => process.replace(/-\d+$/, '');
const portOf = (url: string): number => Number(new URL(url).port);

test('every route that a process registers has a row, and every row a route', () => {
  const documented = new Map<string, string[]>();
  const add = (process: string, ...routes: string[]) =>
    documented.set(process, [...(documented.get(process) ?? []), ...routes]);
  add('gateway', ...permissionTable.map(({ route }) => route), ...sessionTable.map(({ route }) => route));
  routeTable.forEach(({ processes, routes }) => processes.forEach((process) => add(process, ...routes)));
  const actual = reports.processes.map((process) => {
    const routes = reports.routesOf(process);
    // Answered as their GET.
    const isOfGet = (route: string) =>
      route.startsWith('HEAD ') && routes.includes(route.replace('HEAD', 'GET'));
    return [appOf(process), routes.filter((route) => !isOfGet(route))] as const;
  });
  expect(Object.fromEntries(actual)).toEqual(
    Object.fromEntries([...documented].map(([process, routes]) => [process, routes.sort()])),
  );
});

test('no process listens on a port beside those of its routes and its probes', () => {
  const clientPorts: Record<string, number> = {
    'gateway-1': portOf(gateway),
    'interop-1': portOf(interop),
    console: portOf(consoleUrl),
  };
  for (const process of reports.processes) {
    const known = [portOf(cluster.cluster.monitorUrlOf(process)), clientPorts[process] ?? []].flat();
    expect([process, reports.portsOf(process)]).toEqual([process, known.sort((one, other) => one - other)]);
  }
});

test('the port of probes and metrics serves nothing else', async () => {
  const probes = ['GET /healthz', 'GET /readyz', 'GET /metrics'];
  const edges = ['gateway', 'interop', 'console'];
  for (const process of reports.processes.filter((each) => edges.includes(appOf(each)))) {
    const url = cluster.cluster.monitorUrlOf(process);
    const routes = [...probes, ...reports.routesOf(process).filter((route) => !route.startsWith('OPTIONS'))];
    const outcomes = await limit.map(routes, async (route): Promise<Outcome> => {
      const [method, path] = route.split(' ') as [string, string];
      const { status } = await send(`${url}${path.replace('*', 'index.html')}`, { method });
      return { cell: `${process}: ${route}`, actual: status, expected: probes.includes(route) ? 200 : 404 };
    });
    compare(outcomes);
  }
});

test('a public route answers alike without a credential and with a wrong one', async () => {
  const rows = routeTable.filter(({ isPublic }) => isPublic);
  const preflight = { origin: 'https://page.example', 'access-control-request-method': 'GET' };
  const urlOf = (process: string): string =>
    ({ gateway, interop, console: consoleUrl })[appOf(process)] ?? cluster.cluster.monitorUrlOf(process);
  const requests = reports.processes.flatMap((process) =>
    rows
      .filter(({ processes }) => processes.includes(appOf(process)))
      .flatMap(({ routes }) => routes)
      .flatMap((route) => ['none', 'wrong'].map((credential) => ({ process, route, credential }))),
  );
  const outcomes = await limit.map(requests, async ({ process, route, credential }): Promise<Outcome> => {
    const [method, path] = route.split(' ') as [string, string];
    const { status } = await send(`${urlOf(process)}${path.replace(/^\/?\*$/, '/')}`, {
      method,
      headers: {
        ...(method === 'OPTIONS' ? preflight : {}),
        ...(credential === 'none' ? {} : { authorization: 'Bearer wrong' }),
      },
    });
    return {
      cell: `${process}: ${route}: ${credential}`,
      actual: status,
      expected: method === 'OPTIONS' ? 204 : 200,
    };
  });
  compare(outcomes);
  expect(outcomes.length).toBeGreaterThan(40);
});

test("ZEGO's form: every action, with every kind of signature", async () => {
  const formOff = await cluster.createApp();
  const disabled = await cluster.createApp({ zegoServerApi: true });
  await cluster.cluster.admin.send('PUT', `/v1/apps/${disabled.appId}/enabled`, { enabled: false });
  const used = sign(app);
  const usedUrl = `${gateway}/?${new URLSearchParams({ Action: 'DescribeUserNum', RoomId: 'z', ...used }).toString()}`;
  expect((await send(usedUrl)).body).toMatchObject({ Code: 0 });
  const kinds: Record<string, { expected: number | 'accepted'; sign: () => object }> = {
    none: { expected: 100_000_009, sign: () => ({ ...sign(app), Signature: '' }) },
    wrong: { expected: 100_000_005, sign: () => ({ ...sign(app), Signature: '0'.repeat(32) }) },
    "of another AppID's secret": {
      expected: 100_000_005,
      sign: () => sign({ ...app, serverSecret: otherApp.serverSecret }),
    },
    'of another AppID': {
      expected: 100_000_005,
      sign: () => ({ ...sign(otherApp), AppId: String(app.appId) }),
    },
    expired: { expected: 100_000_004, sign: () => sign(app, { atMs: Date.now() - 660_000 }) },
    repeated: { expected: 100_000_005, sign: () => used },
    'of an unknown AppID': { expected: 100_000_011, sign: () => sign({ ...app, appId: 1 }) },
    'of an AppID without the form': { expected: 100_000_017, sign: () => sign(formOff) },
    'of a disabled AppID': { expected: 100_000_016, sign: () => sign(disabled) },
    valid: { expected: 'accepted', sign: () => sign(app) },
  };
  const actions = await readZegoActions();
  expect(actions.length).toBeGreaterThan(15);
  const requests = actions.flatMap((action) =>
    Object.entries(kinds).flatMap(([name, kind]) =>
      // One in a second is allowed for some actions.
      (kind.expected === 'accepted' ? ['GET'] : ['GET', 'POST']).map((method) => ({
        ...{ action, name, method, kind },
      })),
    ),
  );
  const outcomes = await limit.map(requests, async ({ action, name, method, kind }): Promise<Outcome> => {
    const common = { Action: action, ...kind.sign() };
    const inQuery = method === 'GET' ? { ...common, ...zegoParams } : common;
    const query = new URLSearchParams(Object.entries(inQuery).map(([key, value]) => [key, String(value)]));
    const { status, body } = await send(`${gateway}/?${query.toString()}`, {
      method,
      headers: {
        // Other credentials are none here.
        ...(name === 'none' ? { authorization: `Bearer ${cluster.cluster.adminToken}` } : {}),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(zegoParams) }),
    });
    const code = Number(body['Code']);
    const isRefused = status !== 200 || code >= 100_000_000 || [9, 206, 207].includes(code);
    return {
      cell: `${method} ${action}: ${name}`,
      actual: isRefused ? code : 'accepted',
      expected: kind.expected,
    };
  });
  compare(outcomes);
});

let users = 0;
const newUser = (): string => `http-${(users += 1)}`;

function begin(protocol: WhipProtocol, token: string | undefined, ofApp = app): Promise<Answer> {
  return beginWhip(interop, protocol, { token, app: ofApp });
}

test('WHIP and WHEP: every kind of token', async () => {
  const outcomes: Outcome[] = [];
  for (const credential of credentials.filter(
    ({ kind, listenOnly }) => kind !== 'appSign' && listenOnly !== true,
  )) {
    for (const protocol of whipProtocols) {
      const token = (await issueToken(credential, { app, userId: newUser() }))!;
      const answer = await begin(protocol, token);
      const expected = whipOutcome(credential, protocol);
      outcomes.push({ cell: `${credential.name}: ${protocol}`, actual: outcomeOf(answer), expected });
      if (answer.status === 201) {
        // The next one publishes the same stream.
        expect(
          (await changeWhip(`${interop}${answer.headers.get('location')}`, 'DELETE', token)).status,
        ).toBe(200);
      }
    }
  }
  compare(outcomes);
});

/** Tokens of one user that are not accepted, by the names of the table. */
async function refusedTokens(kind: 'native' | 'token04', userId: string): Promise<Record<string, string>> {
  const any: Credential = { name: kind, kind };
  const issue = async (ofApp: Pick<TestApp, 'appId' | 'serverSecret'>, more = {}): Promise<string> =>
    (await issueToken(any, { app: ofApp, userId, ...more }))!;
  const revoked = await issue(app);
  await cluster.cluster.admin.send('POST', `/v1/apps/${app.appId}/revocations`, { token: revoked });
  return {
    "of another AppID's secret, or not signed": await issue({ ...app, serverSecret: otherApp.serverSecret }),
    "of another AppID, with this one's secret": await issue({ ...otherApp, serverSecret: app.serverSecret }),
    expired: await issue(app, { seconds: 60, nowMs: Date.now() - 120_000 }),
    revoked,
  };
}

test('WHIP and WHEP: a refused credential, by kind', async () => {
  const outcomes: Outcome[] = [];
  const wrong: Record<string, string | undefined> = {
    none: undefined,
    'API key': apiKey,
    'admin token': cluster.cluster.adminToken,
    AppSign: app.appSign,
  };
  const nativeOnly = await cluster.createApp();
  await cluster.cluster.admin.send('PUT', `/v1/apps/${nativeOnly.appId}/credentials`, {
    credentialKinds: ['native'],
  });
  for (const protocol of whipProtocols) {
    for (const [name, token] of Object.entries(wrong)) {
      const expected = name === 'none' ? '401 1002067' : '401 1002033';
      outcomes.push({
        cell: `${name}: ${protocol}`,
        actual: outcomeOf(await begin(protocol, token)),
        expected,
      });
    }
    for (const kind of ['native', 'token04'] as const) {
      for (const [name, token] of Object.entries(await refusedTokens(kind, newUser()))) {
        const expected = `401 ${tokenCodes.get(name)}`;
        const cell = `${kind} ${name}: ${protocol}`;
        outcomes.push({ cell, actual: outcomeOf(await begin(protocol, token)), expected });
      }
      const own = await issueToken({ name: kind, kind }, { app, userId: newUser() });
      const actual = outcomeOf(await begin(protocol, own, otherApp));
      outcomes.push({ cell: `${kind} in the other AppID: ${protocol}`, actual, expected: '401 1002033' });
    }
    const notAccepted = await issueToken(
      { name: '', kind: 'token04' },
      { app: nativeOnly, userId: newUser() },
    );
    const actual = outcomeOf(await begin(protocol, notAccepted, nativeOnly));
    outcomes.push({
      cell: `a kind that the AppID does not accept: ${protocol}`,
      actual,
      expected: '401 1002079',
    });
  }
  compare(outcomes);
});

test('WHIP and WHEP: a session is changed with its own token, or another valid one of its user', async () => {
  const any: Credential = { name: 'native', kind: 'native' };
  const outcomes: Outcome[] = [];
  for (const protocol of whipProtocols) {
    const userId = newUser();
    // A revoked token does not end the session: another one of its user opened it.
    const refused = await refusedTokens('native', userId);
    const token = (await issueToken(any, { app, userId, nowMs: Date.now() + 1000 }))!;
    const another = (await issueToken(any, { app, userId, seconds: 300 }))!;
    const ofAnotherUser = await issueToken(any, { app, userId: newUser() });
    const ofOtherApp = await issueToken(any, { app: otherApp, userId });
    const created = await begin(protocol, token);
    expect(outcomeOf(created)).toBe('201 0');
    const url = `${interop}${created.headers.get('location')}`;
    const elsewhere = url.replace(String(app.appId), String(otherApp.appId));
    const tries: [name: string, at: string, token: string | undefined, expected: string][] = [
      ['none', url, undefined, '401 1002067'],
      ['API key', url, apiKey, '401 1002033'],
      ['of another user', url, ofAnotherUser, `401 ${tokenCodes.get('of another user')}`],
      ...Object.entries(refused).map(
        ([name, one]) => [name, url, one, `401 ${tokenCodes.get(name)}`] as [string, string, string, string],
      ),
      ['own, below the other AppID', elsewhere, token, '404 1190602'],
      ['of the other AppID, below it', elsewhere, ofOtherApp, '404 1190602'],
    ];
    for (const method of ['PATCH', 'DELETE'] as const) {
      for (const [name, at, one, expected] of tries) {
        const actual = outcomeOf(await changeWhip(at, method, one));
        outcomes.push({ cell: `${name}: ${method} of ${protocol}`, actual, expected });
      }
    }
    for (const [name, method, one, expected] of [
      // The header If-Match is missing: the credential was accepted.
      ['another of its user', 'PATCH', another, '428 1190603'],
      ['its own', 'PATCH', token, '428 1190603'],
      ['another of its user', 'DELETE', another, '200 0'],
      ['its own, after the end', 'PATCH', token, '404 1190602'],
      ['its own, after the end', 'DELETE', token, '404 1190602'],
    ] as const) {
      const actual = outcomeOf(await changeWhip(url, method, one));
      outcomes.push({ cell: `${name}: ${method} of ${protocol}`, actual, expected });
    }
  }
  compare(outcomes);
});

test.each(['expired', 'revoked'] as const)('WHIP: the session of an %s token ends', async (end) => {
  const userId = newUser();
  const any: Credential = { name: 'native', kind: 'native' };
  const token = (await issueToken(any, { app, userId, seconds: end === 'expired' ? 6 : 600 }))!;
  const created = await begin('whip', token);
  expect(outcomeOf(created)).toBe('201 0');
  if (end === 'revoked') {
    await cluster.cluster.admin.send('POST', `/v1/apps/${app.appId}/revocations`, { token });
  }
  await waitFor(async () => (await cluster.cluster.admin.listUserRooms(app.appId, userId)).length === 0, {
    timeoutMs: 15_000,
    describe: 'the session to end',
  });
  const url = `${interop}${created.headers.get('location')}`;
  expect(outcomeOf(await changeWhip(url, 'PATCH', token))).toBe('404 1190602');
  expect(outcomeOf(await changeWhip(url, 'DELETE', token))).toBe('404 1190602');
});
