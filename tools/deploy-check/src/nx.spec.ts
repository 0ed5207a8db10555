import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listFiles, pathExists, readText, rootDir } from './repository.js';

const run = promisify(execFile);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyroom-nx-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program of Node.js, which may fail. */
function runNode(...args: string[]): Promise<Outcome> {
  return run(process.execPath, args, { cwd: folder }).then(
    (output) => ({ code: 0, ...output }),
    (failure: Outcome) => failure,
  );
}

type Input = string | { input?: string; runtime?: string };

interface Graph {
  graph: {
    nodes: Record<
      string,
      { data: { root: string; targets: Record<string, { cache?: boolean; inputs?: Input[] }> } }
    >;
    dependencies: Record<string, { target: string }[]>;
  };
}

describe('the targets of Nx', () => {
  const { namedInputs } = JSON.parse(readText('nx.json')) as { namedInputs: Record<string, Input[]> };

  async function readGraph(): Promise<Graph['graph']> {
    const file = join(folder, 'graph.json');
    const env = Object.entries(process.env).filter(([name]) => !name.startsWith('NX_'));
    await run(process.execPath, [join(rootDir, 'node_modules/nx/dist/bin/nx.js'), 'graph', '--file', file], {
      cwd: rootDir,
      env: { ...Object.fromEntries(env), NX_DAEMON: 'false' },
    });
    return (JSON.parse(await readFile(file, 'utf8')) as Graph).graph;
  }

  /** The inputs with the names resolved; those of dependencies keep their caret. */
  function resolveInputs(inputs: Input[]): string[] {
    return inputs.flatMap((input) => {
      if (typeof input !== 'string') {
        return [input.runtime ?? ''];
      }
      const named = namedInputs[input];
      return named === undefined ? [input] : resolveInputs(named);
    });
  }

  test('are given to every workspace, cached by what their results depend on', async () => {
    const { nodes } = await readGraph();
    const projects = Object.values(nodes).filter(({ data }) => pathExists(`${data.root}/tsconfig.json`));
    const workspaces = projects.filter(({ data }) => data.root !== '.');
    expect(workspaces.length).toBeGreaterThan(25);
    for (const { data } of workspaces) {
      for (const name of ['build', 'lint', 'typecheck', 'test']) {
        const { cache, inputs } = data.targets[name]!;
        expect({ root: data.root, name, cache }).toEqual({ root: data.root, name, cache: true });
        const resolved = resolveInputs(inputs!);
        const files = ['package-lock.json', 'tools/node/package-lock.json'].map(
          (file) => `{workspaceRoot}/${file}`,
        );
        const reads = resolved.includes('{workspaceRoot}/**/*')
          ? []
          : ['{projectRoot}/**/*', '^production', ...files];
        expect(resolved).toEqual(expect.arrayContaining(reads));
        if (name === 'test') {
          expect(resolved).toContain('bash tools/setup/exec.sh node tools/nx/versions.mjs');
        }
      }
    }
  });

  test('depend on the services and pages that specs name by path', async () => {
    const { nodes, dependencies } = await readGraph();
    const missing = Object.entries(nodes).flatMap(([name, { data }]) =>
      data.root.includes('/')
        ? listFiles(data.root, ['.spec.ts', '-process.ts'])
            .flatMap((file) => [...readText(file).matchAll(/'\.\.\/\.\.\/\.\.\/((?:apps|docs)\/[^/']+)/g)])
            .map((match) => match[1]!)
            .filter((path) =>
              path.startsWith('docs/')
                ? !resolveInputs(data.targets['test']!.inputs!).includes(`{workspaceRoot}/${path}`)
                : !dependencies[name]!.some(({ target }) => nodes[target]?.data.root === path),
            )
            .map((path) => `${data.root} reads ${path}`)
        : [],
    );
    expect(missing).toEqual([]);
  });

  test('of scenarios depend on every service that they start, and on the files that they read', async () => {
    const { nodes, dependencies } = await readGraph();
    const targets = dependencies['@polyroom/e2e']!.map(({ target }) => target);
    const apps = Object.keys(nodes).filter((name) => nodes[name]!.data.root.startsWith('apps/'));
    expect(targets).toEqual(
      expect.arrayContaining(['@polyroom/dev', ...apps.filter((name) => name !== '@polyroom/e2e')]),
    );
    expect(resolveInputs(nodes['@polyroom/e2e']!.data.targets['test']!.inputs!)).toEqual(
      expect.arrayContaining([
        ...['{projectRoot}/**/*', '^production', '{workspaceRoot}/tools/jest/**/*'],
        ...['deploy', 'docs', 'libs/server-sdk-*'].map((folder) => `{workspaceRoot}/${folder}/**/*`),
      ]),
    );
  });
});

test('the versions of servers and the media worker, and the environment, change the hash of a test', async () => {
  const versions = async (env: NodeJS.ProcessEnv) =>
    JSON.parse(
      (await run(process.execPath, [join(rootDir, 'tools/nx/versions.mjs')], { env })).stdout,
    ) as Record<string, unknown>;
  const { PATH } = process.env;
  const before = await versions({ PATH });
  expect(before).toEqual(
    expect.objectContaining({
      node: process.version,
      redis: expect.stringContaining('v='),
      nats: expect.stringContaining('nats-server'),
      postgres: expect.arrayContaining([expect.stringContaining('PostgreSQL')]),
      chromium: expect.stringMatching(/\d+\.\d+/),
      ffmpeg: expect.stringContaining('ffmpeg version'),
    }),
  );
  const programs = join(folder, 'programs');
  await write('programs/go', '#!/bin/sh\necho go version go1.27.1 linux/amd64\n');
  await write('programs/python3', '#!/bin/sh\necho "3.14.1 []"\n');
  await Promise.all(['go', 'python3'].map((program) => chmod(join(programs, program), 0o755)));
  expect(await versions({ PATH: programs })).toMatchObject({
    go: 'go version go1.27.1 linux/amd64 (0)',
    python3: '3.14.1 [] (0)',
  });
  expect(await versions({ PATH: folder })).toMatchObject({ go: 'none', python3: 'none' });
  const worker = join(folder, 'worker');
  await writeFile(worker, 'one');
  const withWorker = await versions({ PATH, MEDIASOUP_WORKER_BIN: worker });
  await writeFile(worker, 'other');
  const withOther = await versions({ PATH, MEDIASOUP_WORKER_BIN: worker });
  expect(new Set([before, withWorker, withOther].map((facts) => facts['worker'])).size).toBe(3);
  const withSetting = await versions({ PATH, POLYROOM_REDIS_URL: 'redis://:secret@127.0.0.1' });
  expect(withSetting['settings']).not.toBe(before['settings']);
  expect(JSON.stringify(withSetting)).not.toContain('secret');
});

describe('the counts of all workspaces', () => {
  const script = join(rootDir, 'tools/setup/counts.mjs');

  async function writeReport(workspace: string, report: object | undefined): Promise<void> {
    await write(`${workspace}/tsconfig.json`, '{}');
    if (report !== undefined) {
      const counts = {
        numPassedTests: 0,
        numFailedTests: 0,
        numPendingTests: 0,
        numRuntimeErrorTestSuites: 0,
      };
      await write(`${workspace}/test-report.json`, JSON.stringify({ ...counts, testResults: [], ...report }));
    }
  }

  test('are summed, after the names of skipped tests', async () => {
    await writeReport('libs/a', { numPassedTests: 3 });
    const assertionResults = [
      { fullName: 'Go compiles (go is not on PATH)', status: 'pending' },
      { fullName: 'Python compiles', status: 'passed' },
    ];
    await writeReport('apps/b', {
      ...{ numPassedTests: 4, numPendingTests: 1 },
      testResults: [{ assertionResults }],
    });
    expect(await runNode(script)).toMatchObject({
      code: 0,
      stdout: 'skipped: Go compiles (go is not on PATH)\nJest: 7 passed, 0 failed, 1 skipped\n',
    });
  });

  test('fail with a failed test, a suite that does not start and a workspace that was not tested', async () => {
    const failureMessages = ['\u001B[2mexpect\u001B[22m(1).toBe(2)\n\nExpected: 2'];
    await writeReport('libs/a', {
      ...{ numPassedTests: 3, numFailedTests: 1 },
      testResults: [
        { status: 'failed', assertionResults: [{ fullName: 'counts', status: 'failed', failureMessages }] },
      ],
    });
    await writeReport('libs/b', {
      numRuntimeErrorTestSuites: 1,
      testResults: [
        {
          ...{ name: join(folder, 'b.spec.ts'), status: 'failed' },
          assertionResults: [],
          message: 'no module x',
        },
      ],
    });
    await writeReport('tools/c', undefined);
    const { code, stdout, stderr } = await runNode(script);
    expect({ code, stdout: stdout.split('\n') }).toEqual({
      code: 1,
      stdout: [
        'failed: counts',
        '  expect(1).toBe(2)',
        '  ',
        '  Expected: 2',
        'failed: b.spec.ts',
        '  no module x',
        'Jest: 3 passed, 3 failed',
        '',
      ],
    });
    expect(stderr).toContain('tools/c');
  });
});

test('a run of specs that leaves a handle open fails and names it', async () => {
  await write(
    'jest.config.json',
    JSON.stringify({ reporters: [[join(rootDir, 'tools/jest/exit-reporter.mjs'), { waitMs: 300 }]] }),
  );
  const jest = join(rootDir, 'node_modules/jest/bin/jest.js');
  const server = `require('node:net').createServer()`;
  await write('open.spec.js', `test('listens', (done) => void ${server}.listen(0, done));`);
  expect(await runNode(jest, '--runInBand')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('TCPServerWrap'),
  });
  await write(
    'open.spec.js',
    `test('closes', (done) => { const server = ${server}; server.listen(0, () => server.close(done)); });`,
  );
  expect(await runNode(jest, '--runInBand')).toMatchObject({ code: 0 });
});
