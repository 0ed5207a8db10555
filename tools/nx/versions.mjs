// Prints what on this machine may change the result of a test and is in no file of the repository: the
// versions of the programs that specs run, and the environment variables that they read. Nx adds it to the
// hash of every test (nx.json).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const settings = /^(POLYROOM_.*|DATABASE_URL|CHROMIUM_PATH|FIREFOX_PATH|NODE_EXTRA_CA_CERTS|TZ|LANG|LC_ALL)$/;

const folders = process.env.PATH.split(delimiter);
const find = (names) =>
  names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
const versionOf = (program, ...args) => {
  if (program === undefined) {
    return 'none';
  }
  const { stdout, status, error } = spawnSync(program, args, { encoding: 'utf8' });
  return `${stdout?.trim().split('\n')[0]} (${error?.code ?? status})`;
};
const pythonFacts = `
import importlib.metadata, sys
names = ["attrs", "cryptography", "httpx"]
found = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions() if each.metadata["Name"] in names}
print(sys.version.split()[0], sorted(found.items()))`;
// npm run generate:clients installs there what the client in Python needs.
const clientPython = fileURLToPath(new URL('../../.polyroom/generate/python/bin/python3', import.meta.url));
const hashOf = (content) => createHash('sha256').update(content).digest('hex');

// Debian keeps PostgreSQL's programs in a folder per version, which specs prefer to those on PATH.
const postgres = globSync('/usr/lib/postgresql/*/bin/postgres').concat(find(['postgres']) ?? []);
const worker = process.env.MEDIASOUP_WORKER_BIN;

const facts = {
  system: `${arch()} ${release()}`,
  node: process.version,
  redis: versionOf(find(['redis-server']), '--version'),
  nats: versionOf(find(['nats-server']), '--version'),
  postgres: postgres.map((program) => versionOf(program, '--version')).sort(),
  chromium: versionOf(
    process.env.CHROMIUM_PATH ||
      find(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']),
    '--version',
  ),
  firefox: versionOf(process.env.FIREFOX_PATH || find(['firefox-esr', 'firefox']), '--version'),
  ffmpeg: versionOf(find(['ffmpeg']), '-version'),
  prometheus: versionOf(find(['promtool']), '--version'),
  coturn: versionOf(find(['turnserver']), '--version'),
  systemd: versionOf(find(['systemd-analyze']), '--version'),
  git: versionOf(find(['git']), '--version'),
  kubectl: versionOf(find(['kubectl']), 'version', '--client'),
  helm: versionOf(find(['helm']), 'version'),
  go: versionOf(find(['go']), 'version'),
  python3: versionOf(find(['python3']), '-c', pythonFacts),
  clientPython: versionOf(existsSync(clientPython) ? clientPython : undefined, '-c', pythonFacts),
  worker: worker !== undefined && existsSync(worker) ? hashOf(readFileSync(worker)) : 'none',
  // Hashed, because they may hold passwords.
  settings: hashOf(
    JSON.stringify(
      Object.entries(process.env)
        .filter(([name]) => settings.test(name))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
  ),
};
process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
