import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { issueNativeToken } from '@polyroom/tokens';
import { readRun, type Run } from './read-run.js';

/** The version that the reports are read from; another one is refused rather than misread. */
const schemathesis = '4.32.5';
const asked = process.env['POLYROOM_SCHEMATHESIS'];
const command = asked === undefined ? 'schemathesis' : resolve(asked);
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];
/** The tool knows no media type of WHIP: it sends their bodies as text. */
const hooks = `
import schemathesis

schemathesis.serializer.alias(["application/sdp", "application/trickle-ice-sdpfrag"], "text/plain")
`;
const appId = 4711;

/** A service that serves its own `/openapi.json`, and a credential for its operations. */
interface Target {
  url: string;
  token: string;
}

/**
 * Sends generated requests, valid and invalid, to every operation of `/openapi.json` of a gateway and of an interop
 * process, and compares each answer with the document. Without the tool there is nothing to check with, and the check
 * is skipped.
 */
export async function checkApi(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      examples: { type: 'string', default: '20' },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const found = await findVersion();
  if (found !== schemathesis) {
    say(
      `skipped: this check needs schemathesis ${schemathesis}, and ${found === undefined ? 'there is none' : `this is ${found}`}`,
    );
    say(`  python3 -m venv venv && venv/bin/pip install schemathesis==${schemathesis}`);
    say('  POLYROOM_SCHEMATHESIS=venv/bin/schemathesis npm run check:api');
    return true;
  }
  const faults: string[] = [];
  const cluster = await startCluster({
    rootDir,
    mediaNodes: 1,
    mediaWorkers: 1,
    interopPorts: [await freePort()],
    logLevel: 'warn',
    onLog: ({ process, text }) => {
      if (/"level":(50|60)/.test(text)) {
        faults.push(`${process} ${text}`);
      }
    },
  });
  const directory = await mkdtemp(join(tmpdir(), 'polyroom-check-api-'));
  try {
    await cluster.ready();
    const targets: Record<string, Target> = {
      gateway: { url: cluster.gateways[0]!.httpUrl, token: cluster.adminToken },
      interop: { url: cluster.interopUrls[0]!, token: await fill(cluster) },
    };
    // Without fixed IDs, requests name AppIDs and rooms that do not exist; with them, the services act.
    const fixed = { appId, roomId: 'lobby', userId: 'user', streamId: 'stream', name: 'maxRoomsPerUser' };
    const runs: Run[] = [];
    for (const [service, target] of Object.entries(targets)) {
      const documented = await countOperations(target);
      for (const [name, parameters] of Object.entries({ unknown: {}, existing: fixed })) {
        const run = await fuzz(target, join(directory, `${service}-${name}`), parameters, values);
        say(
          `${service}, ${name} IDs: ${run.requests} requests to ${run.tested} of ${documented} operations, seed ${run.seed}`,
        );
        run.failures.forEach((failure) => say(`  ${failure}`));
        runs.push({ ...run, passed: run.passed && (run.tested === documented || values.only !== undefined) });
      }
    }
    faults.slice(0, 20).forEach((line) => say(`  error in the log: ${line.slice(0, 600)}`));
    return faults.length === 0 && runs.every(({ passed }) => passed);
  } finally {
    await cluster.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function findVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version']);
    return /version (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Without the document itself, which the tool only reads. */
async function countOperations({ url }: Target): Promise<number> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
  return Object.entries(paths)
    .filter(([path]) => path !== '/openapi.json')
    .reduce((sum, [, methods]) => sum + Object.keys(methods).length, 0);
}

/** Makes an AppID with a room and what it can hold without clients. Returns a token of a client. */
async function fill({ admin }: Cluster): Promise<string> {
  const { serverSecret: secret } = await admin.createApp({ appId, name: 'fuzzed' });
  const app = `/v1/apps/${appId}`;
  await admin.send('PUT', `${app}/rooms/lobby`, { keepMs: 86_400_000 });
  await admin.send('PUT', `${app}/rooms/lobby/attributes`, { changes: [{ key: 'topic', value: 'fuzz' }] });
  await admin.send('POST', `${app}/rooms/lobby/messages`, { kind: 'broadcast', content: 'hello' });
  await admin.send('POST', `${app}/bans`, { userId: 'eve', forMs: 86_400_000 });
  await admin.createApiKey(appId, ['rooms:read']);
  return issueNativeToken({ appId, userId: 'user', secret, effectiveTimeSeconds: 3600 });
}

async function fuzz(
  { token, url }: Target,
  directory: string,
  parameters: Record<string, string | number>,
  options: { examples?: string; seed?: string; only?: string },
): Promise<Run> {
  const config = `${directory}.toml`;
  const report = `${directory}.json`;
  const hooksFile = `${directory}-hooks.py`;
  await writeFile(hooksFile, hooks);
  // The token is in no argument, which other users of the machine could read.
  await writeFile(
    config,
    [
      `hooks = ${JSON.stringify(hooksFile)}`,
      'headers = { Authorization = "Bearer ${POLYROOM_FUZZ_TOKEN}" }',
      '[parameters]',
      ...Object.entries(parameters).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`),
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  const args = [
    ...['--config-file', config, 'run', `${url}/openapi.json`],
    ...['--checks', checks.join(','), '--phases', 'examples,coverage,fuzzing'],
    ...['--max-examples', options.examples ?? '20', '--no-shrink', '--continue-on-failure'],
    ...['--max-redirects', '0', '--suppress-health-check', 'all', '--warnings', 'off'],
    ...['--report', 'json', '--report-json-path', report],
    ...(options.seed === undefined ? [] : ['--seed', options.seed]),
    ...(options.only === undefined ? [] : ['--include-operation-id', options.only]),
  ];
  const output = await run(args, dirname(directory), { ...process.env, POLYROOM_FUZZ_TOKEN: token });
  const text = await readFile(report, 'utf8').catch(() => {
    throw new Error(`schemathesis wrote no report:\n${output}`);
  });
  return readRun(JSON.parse(text));
}

/** Returns the output; the exit code only says whether there were failures, which the report names. */
function run(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, reject) => {
    // It leaves a directory of its own where it runs.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('error', reject);
    child.on('close', () => done(output));
  });
}
