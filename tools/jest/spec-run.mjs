// Offers the specs of apps/e2e one cluster for the whole run. It starts at the first request: a run without such
// specs costs a listening socket.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const hostUrl = new URL('../../apps/e2e/dist/support/shared-cluster-host.js', import.meta.url).href;

let directory;
let server;
let starting;

/** Jest's globalSetup. */
export default async function open() {
  // Only this user can read it: the answers have the credentials of the cluster.
  directory = await mkdtemp(join(tmpdir(), 'polyroom-specs-'));
  const socketPath = join(directory, 'cluster.sock');
  server = createServer((request, response) => void answer(request, response));
  // The first answer takes as long as the start of a cluster.
  server.requestTimeout = 0;
  await new Promise((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  process.env.POLYROOM_SHARED_CLUSTER = socketPath;
}

export async function close() {
  const host = await starting?.catch(() => undefined);
  await host?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://cluster');
  try {
    const host = await start();
    const body = pathname === '/logs' ? host.logsWith(searchParams.get('text') ?? '') : host.description;
    response.end(JSON.stringify(body));
  } catch (error) {
    response.writeHead(500).end(error.stack);
  }
}

function start() {
  starting ??= import(hostUrl).then(({ SharedClusterHost }) => SharedClusterHost.start());
  return starting;
}
