import { execFile } from 'node:child_process';
import { access, chown, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { answers, type RunningServer, type ServerUser, startServer } from './server-process.js';

export interface RunningPostgres extends RunningServer {
  /** Creates an empty database, or a copy of `template`, which must have no connection; returns its URL. */
  createDatabase(name: string, template?: string): Promise<string>;
}

const run = promisify(execFile);
const debianDir = '/usr/lib/postgresql';
const owner = 'polyroom';

/** Starts the installed PostgreSQL with a new data directory, listening on TCP. */
export async function startPostgres(): Promise<RunningPostgres> {
  const programs = await findPrograms();
  const runAs = await unprivilegedUser();
  const port = await freePort();
  const urlOf = (database: string): string => `postgresql://${owner}@127.0.0.1:${port}/${database}`;
  const server = await startServer({
    name: 'postgres',
    program: join(programs, 'postgres'),
    args: (dataDir) => [
      ...['-D', clusterDir(dataDir), '-h', '127.0.0.1', '-p', String(port)],
      // No Unix socket: its path would be too long in some temporary directories. No fsync: the data is
      // discarded.
      ...['-c', 'unix_socket_directories=', '-F'],
    ],
    port,
    url: urlOf('postgres'),
    runAs,
    prepare: async (dataDir) => {
      if (runAs !== undefined) {
        await chown(dataDir, runAs.uid, runAs.gid);
      }
      const options = ['-U', owner, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
      await run(join(programs, 'initdb'), ['-D', clusterDir(dataDir), ...options], {
        cwd: dataDir,
        ...runAs,
      });
    },
    probe: () => answers(port, startupMessage(), authenticationReply),
    // "Fast" disconnects the clients, "immediate" is a crash of all its processes: SIGKILL would leave some
    // running.
    stopSignal: 'SIGINT',
    crashSignal: 'SIGQUIT',
  });
  return Object.assign(server, {
    createDatabase: async (name: string, template = 'template1') => {
      const statement = `CREATE DATABASE "${name}" TEMPLATE "${template}"`;
      await run(join(programs, 'psql'), [server.url, '-q', '-c', statement]);
      return urlOf(name);
    },
  });
}

function clusterDir(dataDir: string): string {
  return join(dataDir, 'cluster');
}

/** The directory with initdb, postgres and psql, which Debian does not put on PATH. */
async function findPrograms(): Promise<string> {
  const versions = (await readdir(debianDir).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...versions.map((version) => join(debianDir, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    if (await holdsPrograms(folder)) {
      return folder;
    }
  }
  throw new Error('no PostgreSQL server found: install Debian\'s package "postgresql"');
}

async function holdsPrograms(folder: string): Promise<boolean> {
  try {
    await Promise.all(
      ['initdb', 'postgres', 'psql'].map((name) => access(join(folder, name), constants.X_OK)),
    );
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root, which is the user of tests in a container. */
async function unprivilegedUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  return (await findUser('postgres')) ?? (await findUser('nobody'));
}

async function findUser(name: string): Promise<ServerUser | undefined> {
  try {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
    const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
    return { uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}

/** "AuthenticationOk"; a starting server replies with an error. */
const authenticationReply = 'R';

/** The first message of protocol 3.0: its length, the version, pairs of names and values. */
function startupMessage(): string {
  const body = `\0\x03\0\0user\0${owner}\0database\0postgres\0\0`;
  return `\0\0\0${String.fromCharCode(body.length + 4)}${body}`;
}
