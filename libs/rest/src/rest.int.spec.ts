import { describe, expect, test } from '@jest/globals';
import { documentedCodes, type DocumentedApi } from '@polyroom/testing';
import { adminToken, recordedFile, recordingId } from '../test/fake-services.js';
import { useRest } from '../test/use-rest.js';

const used = useRest();

describe('REST', () => {
  const url = (path: string) => `http://127.0.0.1:${used.port}${path}`;
  const authorization = `Bearer ${adminToken}`;

  test.each([
    ['/v1/apps', {}],
    ['/v1/apps', { authorization: 'Bearer wrong' }],
    ['/v1/apps/1/audit', { authorization: 'Basic x' }],
    ['/v1/apps/1/rooms/r1', {}],
  ])('requires an admin for %s', async (path, headers) => {
    const response = await fetch(url(path), { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 1190101 } });
  });

  test('counts the requests of a right credential that are refused, and no wrong one', async () => {
    used.services.credentialErrors = { reader: 'ADMIN_ROLE_MISSING' };
    const rateOf = async (credential: string) => {
      const response = await fetch(url('/v1/apps'), { headers: { authorization: `Bearer ${credential}` } });
      return [response.status, response.headers.get('ratelimit')];
    };
    expect(await rateOf('reader')).toEqual([403, expect.stringContaining(';r=4999;')]);
    expect(await rateOf('reader')).toEqual([403, expect.stringContaining(';r=4998;')]);
    expect(await rateOf('wrong')).toEqual([401, null]);
  });

  test('lets an admin read, and write under their own name', async () => {
    const listed = await fetch(url('/v1/apps'), { headers: { authorization } });
    expect(await listed.json()).toEqual({ apps: [] });
    const response = await fetch(url('/v1/apps/1001/entitlements/multiRoom'), {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ value: true }),
    });
    expect(await response.json()).toEqual({
      entitlement: { name: 'multiRoom', value: true, overridden: true },
      version: 1,
    });
    expect(response.headers.get('etag')).toBe('"1"');
    const set = used.services.calls.find(({ method }) => method === 'setEntitlement');
    expect(set).toMatchObject({
      request: { appId: 1001, value: true },
      statement: 'alice entitlements:write 1001',
    });
  });

  test('finds a room by an ID with special characters or of maximum length', async () => {
    for (const roomId of ["a%~!@#$%^&*()_+=-`;',.<>\\b", 'r'.repeat(127)]) {
      const path = `/v1/apps/1001/rooms/${encodeURIComponent(roomId)}`;
      const response = await fetch(url(path), { headers: { authorization } });
      expect([response.status, await response.json()]).toMatchObject([200, { roomId }]);
    }
    const long = await fetch(url(`/v1/apps/1001/rooms/${'r'.repeat(128)}`), {
      headers: { authorization },
    });
    expect(await long.json()).toMatchObject({ error: { code: 1002013 } });
  });

  test('answers with the range of a recorded file, and with its size if it has no such range', async () => {
    const path = 'app-1001/streams/s.20261123T091500000Z.mkv';
    const route = `/v1/apps/1001/recordings/${recordingId}/file?${new URLSearchParams({ path })}`;
    const download = async (range: string) => {
      const response = await fetch(url(route), { headers: { authorization, range } });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    const size = recordedFile.length;
    expect(await download('bytes=-4')).toEqual([206, `bytes 6-9/${size}`, '6789']);
    expect(await download('bytes=0-1,5-6')).toEqual([200, null, recordedFile.toString()]);
    const [status, contentRange, body] = await download(`bytes=${size}-`);
    expect([status, contentRange]).toEqual([416, `bytes */${size}`]);
    expect(JSON.parse(String(body))).toMatchObject({
      code: 1190117,
      details: { path: 'range', bytes: size },
    });
  });

  test('handles invalid arguments, unknown paths and other origins', async () => {
    for (const [path, argument] of [
      ['/v1/apps/x/audit', 'appId'],
      ['/v1/apps/1/audit?limit=none', 'limit'],
    ] as const) {
      const wrong = await fetch(url(path), { headers: { authorization } });
      const error = {
        code: 1000017,
        name: 'COMMON_ILLEGAL_PARAM',
        retryable: false,
        details: expect.objectContaining({ path: argument }),
      };
      expect([wrong.status, await wrong.json()]).toEqual([
        400,
        {
          type: 'urn:polyroom:error:1000017',
          title: expect.any(String),
          status: 400,
          detail: expect.stringMatching(`^${argument}: `),
          instance: `urn:polyroom:request:${wrong.headers.get('x-request-id')}`,
          ...error,
          error: { ...error, message: expect.stringMatching(`^${argument}: `) },
        },
      ]);
    }
    const document = (await (await fetch(url('/openapi.json'))).json()) as DocumentedApi;
    for (const [method, path, body, code, argument] of [
      ['POST', '/v1/apps', { appId: 1, name: '' }, 1000017, 'name'],
      ['PUT', '/v1/apps/1/entitlements/multiRoom', {}, 1190105, 'value'],
      ['PUT', '/v1/apps/1/enabled', { enabled: 'yes' }, 1000017, 'enabled'],
      ['PUT', '/v1/apps/0/enabled', { enabled: 'yes' }, 1001000, 'appId'],
      ['PUT', '/v1/apps/1/rooms/r', { keepMs: -1 }, 1000017, 'keepMs'],
      ['DELETE', '/v1/apps/1/users/$u/rooms', undefined, 1002006, 'userId'],
      ['GET', '/v1/apps/1/rooms/r/members?cursor=x', undefined, 1000017, 'cursor'],
      ['POST', '/v1/apps/1/rooms/r/messages', { kind: 'broadcast' }, 1000017, 'content'],
      ['POST', '/v1/apps/1/bans', { userId: 'u', forMs: 'long' }, 1000017, 'forMs'],
      ['POST', '/v1/apps/1/bans', { userId: 'u', address: '::1', forMs: 1 }, 1000017, ''],
      ['PUT', '/v1/apps/1/rooms/r/streams/s/mutes/smell', undefined, 1000017, 'kind'],
      ['DELETE', '/v1/apps/1/recordings/x', undefined, 1000017, 'recordingId'],
    ] as const) {
      const response = await fetch(url(path), {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect([path, response.status, await response.json()]).toMatchObject([
        path,
        400,
        { error: { code, details: { path: argument } } },
      ]);
      expect(documentedCodes(document, { method, path, status: 400 })).toContain(code);
    }
    for (const [method, path] of [
      ['GET', '/v1/nothing'],
      ['DELETE', '/v1/apps'],
    ] as const) {
      const unknown = await fetch(url(path), { method, headers: { authorization } });
      expect([unknown.status, await unknown.json()]).toMatchObject([
        404,
        { error: { code: 1190110, message: `There is no route ${method} ${path}.` } },
      ]);
    }
    const preflight = await fetch(url('/v1/apps'), {
      method: 'OPTIONS',
      headers: {
        origin: 'http://console.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  });
});
