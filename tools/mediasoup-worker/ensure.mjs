// Finds, fetches or builds a mediasoup worker that works on this machine and writes its path to a file.
// Usage: ensure.mjs ANSWER_FILE
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, homedir, platform, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchVerified, publishedSha256 } from './fetch-verified.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const packageDir = join(here, '..', '..', 'node_modules', 'mediasoup');
const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
/** By file name; a file that is not listed has the checksum that the release publishes. */
const pinnedChecksums = JSON.parse(readFileSync(join(here, 'checksums.json'), 'utf8'));
const downloads = 'https://github.com/versatica/mediasoup/releases/download';
const releasesApi = 'https://api.github.com/repos/versatica/mediasoup/releases';
const progressEveryMs = 15_000;

const say = (text) => process.stdout.write(`[worker] ${text}\n`);

/** All inputs of the build. */
function recipeHash() {
  const hash = createHash('sha256');
  const add = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        add(path);
      } else {
        hash.update(entry.name).update(readFileSync(path));
      }
    }
  };
  hash.update(readFileSync(join(here, 'build.sh')));
  add(join(here, 'overlay'));
  const distribution = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : platform();
  hash.update(
    `${arch()} ${/^(ID|VERSION_ID)=.*$/gm.exec(distribution)?.[0] ?? ''} ${/^VERSION_ID=.*$/m.exec(distribution)?.[0] ?? ''}`,
  );
  return hash.digest('hex').slice(0, 16);
}

/** Whether the worker works; a binary that does not is never used. */
function works(binary) {
  return (
    spawnSync(process.execPath, [join(here, 'check.mjs'), binary], { stdio: ['ignore', 'ignore', 'inherit'] })
      .status === 0
  );
}

/** mediasoup's prebuilt binary; undefined if it cannot be downloaded or does not work here. */
async function download(target) {
  const kernel = platform() === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  const fileName = `mediasoup-worker-${version}-${platform()}-${arch()}${kernel}.tgz`;
  say('looking for the prebuilt worker');
  const archive = `${target}.tgz`;
  try {
    const sha256 =
      pinnedChecksums[fileName] ?? (await publishedSha256(`${releasesApi}/tags/${version}`, fileName));
    writeFileSync(archive, await fetchVerified(`${downloads}/${version}/${fileName}`, sha256));
    execFileSync('tar', ['xzf', archive, '-C', dirname(target), 'mediasoup-worker']);
    renameSync(join(dirname(target), 'mediasoup-worker'), target);
    chmodSync(target, 0o755);
    return works(target);
  } catch (error) {
    say(`no prebuilt worker: ${error.cause?.code ?? error.message}`);
    return false;
  } finally {
    rmSync(archive, { force: true });
  }
}

/** Builds it from mediasoup's sources, with a progress line at intervals. */
async function build(target, logFile) {
  say('building the worker from source: about 8 minutes on two cores, once per machine');
  const packages = spawnSync('bash', [join(here, '..', 'setup', 'packages.sh')], { stdio: 'inherit' });
  if (packages.status !== 0) {
    process.exit(1);
  }
  const log = openSync(logFile, 'w');
  const startedAtMs = Date.now();
  const child = spawn('nice', ['bash', join(here, 'build.sh'), packageDir, target], {
    stdio: ['ignore', log, log],
  });
  const timer = setInterval(
    () => say(`${Math.round((Date.now() - startedAtMs) / 1000)} s: ${progressOf(logFile)}`),
    progressEveryMs,
  );
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(timer);
  closeSync(log);
  if (status !== 0) {
    process.stderr.write(`${readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n')}\n`);
    say(`the build failed; its log: ${logFile}`);
    return false;
  }
  return works(target);
}

function progressOf(logFile) {
  const text = readFileSync(logFile, 'utf8').slice(-5000);
  const counters = text.match(/\[\d+\/\d+\]/g);
  return counters ? `compiling ${counters.at(-1)}` : 'compiling OpenSSL';
}

async function ensure() {
  const given = process.env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (!works(given)) {
      throw new Error(`MEDIASOUP_WORKER_BIN names ${given}, which does not work`);
    }
    return given;
  }
  const cache = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'polyroom',
    `mediasoup-worker-${version}-${recipeHash()}`,
  );
  const binary = join(cache, 'mediasoup-worker');
  if (existsSync(binary)) {
    return binary;
  }
  mkdirSync(cache, { recursive: true });
  // Only a checked binary gets its final name.
  const candidate = join(cache, `candidate-${process.pid}`);
  try {
    if (!(await download(candidate)) && !(await build(candidate, join(cache, 'build.log')))) {
      throw new Error('no working mediasoup worker could be downloaded or built');
    }
    renameSync(candidate, binary);
    say(`the worker is ready: ${binary}`);
    return binary;
  } finally {
    rmSync(candidate, { force: true });
  }
}

try {
  writeFileSync(process.argv[2], await ensure());
} catch (error) {
  process.stderr.write(`[worker] ${error.message}\n`);
  process.exit(1);
}
