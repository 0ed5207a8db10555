import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigError, loadConfig } from '@polyroom/config';
import { createLogger } from '@polyroom/observability';
import { consoleConfigSchema } from './console.config.js';
import { type RunningConsole, startConsole } from './start-console.js';

let dir: string;
const consoles: RunningConsole[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-console-'));
  await mkdir(join(dir, 'web'));
  await mkdir(join(dir, 'test'));
  await writeFile(join(dir, 'web', 'index.html'), '<!doctype html>');
  await writeFile(join(dir, 'web', 'page.js'), '');
  await writeFile(join(dir, 'test', 'harness.html'), '<!doctype html>');
});
afterAll(async () => {
  await Promise.all(consoles.map((running) => running.close()));
  await rm(dir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<(path: string) => Promise<Response>> {
  const config = loadConfig(consoleConfigSchema, {
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_CONSOLE_DIR: join(dir, 'web'),
    ...env,
  });
  const running = await startConsole({ ...config, POLYROOM_HTTP_PORT: 0 }, createLogger('console', 'silent'));
  consoles.push(running);
  return (path) => fetch(`http://127.0.0.1:${running.port}${path}`);
}

test('sends every response with the security headers', async () => {
  const get = await start();
  for (const path of ['/', '/index.html', '/page.js', '/config.json', '/nothing']) {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'self'")]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('serves the pages for tests only with the setting', async () => {
  const product = await start();
  expect((await product('/harness.html')).status).toBe(404);
  const development = await start({ POLYROOM_TEST_PAGES_DIR: join(dir, 'test') });
  const harness = await development('/harness.html');
  expect(harness.status).toBe(200);
  expect(harness.headers.get('content-security-policy')).toBeNull();
  expect((await development('/')).headers.get('content-security-policy')).not.toBeNull();
});

test('serves the documentation below /docs/ with the policy of the pages, if there is one', async () => {
  await mkdir(join(dir, 'docs', 'assets'), { recursive: true });
  await writeFile(join(dir, 'docs', 'index.html'), 'documentation');
  await writeFile(join(dir, 'docs', 'assets', 'app.js'), '');
  const get = await start({ POLYROOM_DOCS_DIR: join(dir, 'docs') });
  for (const path of ['/docs/', '/docs', '/docs/index.html']) {
    const response = await get(path);
    expect([path, await response.text()]).toEqual([path, 'documentation']);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  }
  expect((await get('/docs/assets/app.js')).headers.get('cache-control')).toContain('immutable');
  expect((await get('/')).headers.get('content-security-policy')).not.toBeNull();
  expect((await (await start())('/docs/')).status).toBe(404);
});

test('refuses to start with POLYROOM_TEST_PAGES_DIR that is not a directory', () => {
  const load = () => loadConfig(consoleConfigSchema, { POLYROOM_TEST_PAGES_DIR: join(dir, 'missing') });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow('POLYROOM_TEST_PAGES_DIR: is not a directory');
});
