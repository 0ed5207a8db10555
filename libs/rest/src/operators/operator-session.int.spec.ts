import { expect, test } from '@jest/globals';
import { adminLimits } from '@polyroom/contracts';
import { adminToken, sessionCookie } from '../../test/fake-services.js';
import { consoleOrigin, useRest } from '../../test/use-rest.js';

const used = useRest();
const cookie = `other=1; polyroom.session=${adminToken}`;
const credentials = { email: 'a@example.com', password: 'right' };

function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Response> {
  return fetch(`http://127.0.0.1:${used.port}/v1${path}`, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const codeOf = async (response: Response): Promise<number | undefined> =>
  ((await response.json()) as { error?: { code: number } }).error?.code;

test('the cookie of a session is Secure exactly if the browser came over TLS', async () => {
  const plain = await send('POST', '/session', { origin: consoleOrigin }, credentials);
  expect([plain.status, plain.headers.getSetCookie()]).toEqual([200, [sessionCookie]]);
  const overTls = await send(
    'POST',
    '/session',
    { origin: consoleOrigin, 'x-forwarded-proto': 'https' },
    credentials,
  );
  expect(overTls.headers.getSetCookie()).toEqual([`${sessionCookie}; Secure`]);
  expect(overTls.headers.get('cache-control')).toBe('no-store');
});

test('a change with the cookie needs the origin of the console; with a bearer credential it needs none', async () => {
  const change = (headers: Record<string, string>) =>
    send('PUT', '/apps/1001/entitlements/multiRoom', headers, { value: true });
  expect((await change({ cookie, origin: consoleOrigin })).status).toBe(200);
  expect((await change({ authorization: `Bearer ${adminToken}` })).status).toBe(200);
  for (const origin of ['https://evil.example.com', `${consoleOrigin}.evil.com`, 'null']) {
    const refused = await change({ cookie, origin });
    expect([origin, refused.status, await codeOf(refused)]).toEqual([origin, 403, 1190147]);
  }
  const missing = await change({ cookie });
  expect([missing.status, await codeOf(missing)]).toEqual([403, 1190147]);
  expect((await send('GET', '/apps', { cookie })).status).toBe(200);
  expect(await codeOf(await send('GET', '/apps', { cookie, origin: 'https://evil.example.com' }))).toBe(
    1190147,
  );
  // Steps of a session too, and a sign-in that another page starts.
  expect(await codeOf(await send('DELETE', '/session', { cookie }))).toBe(1190147);
  expect(
    await codeOf(await send('POST', '/session', { origin: 'https://evil.example.com' }, credentials)),
  ).toBe(1190147);
  expect(used.services.countCalls('setEntitlement')).toBe(2);
});

test('browsers may send cookies from the console, and from no other page', async () => {
  const preflight = async (origin: string) => {
    const { headers } = await send('OPTIONS', '/session', { origin, 'access-control-request-method': 'PUT' });
    return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
  };
  expect(await preflight(consoleOrigin)).toEqual([consoleOrigin, 'true']);
  expect(await preflight('https://other.example.com')).toEqual(['*', null]);
});

test('refuses an address with too many wrong passwords with 429, of any account', async () => {
  const attempt = (index: number, password: string) =>
    send(
      'POST',
      '/session',
      { 'x-forwarded-for': '198.51.100.9' },
      { email: `u${index}@example.com`, password },
    );
  for (let failed = 0; failed < adminLimits.failuresPerAddress; failed++) {
    expect(await codeOf(await attempt(failed, 'wrong'))).toBe(1190140);
  }
  expect(await codeOf(await attempt(99, 'right'))).toBe(1190111);
  expect(used.services.countCalls('takeSessionStep')).toBe(adminLimits.failuresPerAddress);
});

test('sends the browser back to the console after a sign-in with the provider', async () => {
  const response = await send('GET', '/session/callback/oidc?code=c&state=s&iss=https%3A%2F%2Fidp', {});
  expect([response.status, response.headers.get('location')]).toEqual([
    302,
    'http://localhost:7088/admin.html',
  ]);
  expect(used.services.calls.find(({ method }) => method === 'takeSessionStep')?.request).toMatchObject({
    step: 'finishOidc',
    body: { code: 'c', state: 's', iss: 'https://idp' },
  });
});
