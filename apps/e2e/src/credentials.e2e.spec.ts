import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** The credentials of clients, on a real cluster: what each is worth, and for how long. */
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
const open: RawClient[] = [];
const wrongAppSign = 1001005;
const inForceMs = 2000;
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

beforeAll(async () => {
  testCluster = await TestCluster.start({ sessionGraceMs: 60_000 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1']);
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
});
afterEach(() => open.splice(0).forEach((client) => client.close()));

async function connect(gateway: 0 | 1 = 0): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

type TokenOptions = Partial<Parameters<typeof issueNativeToken>[0]>;

function issue(app: TestApp, userId: string, more: TokenOptions = {}): Promise<string> {
  const { appId, serverSecret: secret } = app;
  return issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 60, ...more });
}

function setCredentials(app: TestApp, credentialKinds: string[]): Promise<unknown> {
  const path = `/v1/admin/apps/${app.appId}/credentials`;
  return testCluster.cluster.admin.send('PUT', path, { credentialKinds });
}

function setEnabled(app: TestApp, enabled: boolean): Promise<unknown> {
  return testCluster.cluster.admin.send('PUT', `/v1/admin/apps/${app.appId}/enabled`, { enabled });
}

function withToken(app: TestApp, roomId: string, userId: string, token: string): never {
  return loginParams(app, roomId, userId, { appSign: undefined, token });
}

describe('an AppID that accepts tokens only', () => {
  test('refuses an AppSign as any user, and a token of another user', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    expect(await (await connect()).codeOf('room.login', loginParams(app, 'class', 'teacher'))).toBe(0);
    await setCredentials(app, ['token04', 'native']);
    await waitFor(
      async () =>
        (await (await connect()).codeOf('room.login', loginParams(app, 'a', 'teacher'))) === wrongAppSign,
      { timeoutMs: inForceMs, describe: 'the AppSign to be refused' },
    );
    for (const gateway of [0, 1] as const) {
      const client = await connect(gateway);
      expect(await client.call('room.login', loginParams(app, 'class', 'teacher'))).toMatchObject({
        code: wrongAppSign,
        error: { message: expect.stringContaining('log in with a token04 or a native token') },
      });
      // Not by the token of another user either, with or without the AppSign beside it.
      const token = await issue(app, 'pupil');
      expect(await client.codeOf('room.login', withToken(app, 'class', 'teacher', token))).toBe(1002077);
      expect(await client.codeOf('room.login', loginParams(app, 'class', 'teacher', { token }))).toBe(1002077);
      const own = await issue(app, 'teacher');
      expect(await client.codeOf('room.login', withToken(app, `class-${gateway}`, 'teacher', own))).toBe(0);
    }
  });

  test('accepts each kind of token only while it is allowed', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const { appId, serverSecret: secret } = app;
    const token04 = generateToken04({ appId, userId: 'u', secret, effectiveTimeSeconds: 60 });
    await setCredentials(app, ['native']);
    await waitFor(
      async () =>
        (await (await connect()).codeOf('room.login', withToken(app, 'a', 'u', token04))) === 1002079,
      { timeoutMs: inForceMs, describe: 'the token04 to be refused' },
    );
    const native = await issue(app, 'u');
    expect(await (await connect()).codeOf('room.login', withToken(app, 'a', 'u', native))).toBe(0);
  });
});

