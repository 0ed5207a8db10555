// Offers the specs of apps/e2e what they share: one cluster for the whole run, and a PostgreSQL server with a database
// for each cluster that a spec starts. Each starts at the first request: a run without such specs costs a listening
// socket.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const supportUrl = new URL('../../apps/e2e/dist/support/', import.meta.url);

/** The level of a warning in the log. */
const warn = 40;

let directory;
let server;
let databases;
let cluster;

/** Jest's globalSetup. */
export default async function open() {
  // Only this user can read it: the answers have the credentials of the cluster.
  directory = await mkdtemp(join(tmpdir(), 'polyroom-specs-'));
  const socketPath = join(directory, 'run.sock');
  server = createServer((request, response) => void answer(request, response));
  // The first answer takes as long as the start of a cluster.
  server.requestTimeout = 0;
  await new Promise((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  process.env.POLYROOM_SPEC_RUN = socketPath;
}

/** Closes the cluster before the server with its database. */
export async function close() {
  for (const starting of [cluster, databases]) {
    await (await starting?.catch(() => undefined))?.close();
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
}

/** What the shared cluster has logged as a warning or worse since a time in ms: JSON lines, with the name of the process. */
export async function warningsSince(startMs) {
  const lines = (await cluster?.catch(() => undefined))?.logsWith('"level":') ?? [];
  return lines.filter((line) => {
    const [, level, time] = /"level":(\d+),"time":(\d+)/.exec(line) ?? [];
    return level >= warn && time >= startMs;
  });
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://run');
  try {
    response.end(JSON.stringify(await valueOf(pathname, searchParams)));
  } catch (error) {
    response.writeHead(500).end(error.stack);
  }
}

async function valueOf(pathname, searchParams) {
  switch (pathname) {
    case '/cluster':
      return (await startCluster()).description;
    case '/logs':
      return (await startCluster()).logsWith(searchParams.get('text') ?? '');
    case '/database':
      return (await startDatabases()).create();
    default:
      throw new Error(`the run has no ${pathname}`);
  }
}

function startCluster() {
  cluster ??= load('shared-cluster-host.js').then(({ SharedClusterHost }) => SharedClusterHost.start());
  return cluster;
}

function startDatabases() {
  databases ??= load('run-databases.js').then(({ RunDatabases }) => RunDatabases.start());
  return databases;
}

function load(name) {
  return import(new URL(name, supportUrl).href);
}
