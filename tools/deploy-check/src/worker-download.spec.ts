import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readText, rootDir } from './repository.js';

interface Download {
  fetchVerified(url: string, sha256: string): Promise<Buffer>;
  publishedSha256(releaseUrl: string, fileName: string): Promise<string>;
}

const content = 'a worker';
const sha256 = createHash('sha256').update(content).digest('hex');
let download: Download;
let server: Server;
let origin: string;

beforeAll(async () => {
  const script = pathToFileURL(join(rootDir, 'tools/mediasoup-worker/fetch-verified.mjs')).href;
  download = (await import(script)) as Download;
  server = createServer((request, response) => {
    if (request.url === '/release') {
      const assets = [
        { name: 'worker.tgz', digest: `sha256:${sha256}` },
        { name: 'old.tgz', digest: null },
      ];
      response.end(JSON.stringify({ assets }));
    } else {
      response.writeHead(request.url === '/worker.tgz' ? 200 : 404).end(content);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test('a download of the worker is used only with its checksum', async () => {
  const bytes = await download.fetchVerified(`${origin}/worker.tgz`, sha256);
  expect(bytes.toString()).toBe(content);
  const other = createHash('sha256').update('another worker').digest('hex');
  await expect(download.fetchVerified(`${origin}/worker.tgz`, other)).rejects.toThrow(`and not ${other}`);
  await expect(download.fetchVerified(`${origin}/missing.tgz`, sha256)).rejects.toThrow('HTTP 404');
});

test('the checksum is the one that the release publishes for the file', async () => {
  expect(await download.publishedSha256(`${origin}/release`, 'worker.tgz')).toBe(sha256);
  for (const file of ['old.tgz', 'unknown.tgz']) {
    const asked = download.publishedSha256(`${origin}/release`, file);
    await expect(asked).rejects.toThrow(`no checksum is published for ${file}`);
  }
});

test('the script that fetches the worker downloads by no other way', () => {
  const script = readText('tools/mediasoup-worker/ensure.mjs');
  expect(script).toContain('await fetchVerified(');
  expect(script).not.toMatch(/[^.\w]fetch\(/);
});
