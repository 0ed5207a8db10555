import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rootDir } from './repository.js';

const run = promisify(execFile);

describe('the form of a commit message', () => {
  /** The names of the violated rules. */
  async function findProblems(message: string): Promise<string[]> {
    const program = join(rootDir, 'node_modules/@commitlint/cli/cli.js');
    const child = run(process.execPath, [program], { cwd: rootDir });
    child.child.stdin!.end(message);
    const { stdout } = await child.catch((failure: { stdout: string }) => failure);
    return [...stdout.matchAll(/✖.*\[([a-z-]+)\]/g)].map((match) => match[1]!);
  }

  test.each([
    ['fix(gateway): refuse a sixth room while a login is pending\n\nThe limit was read twice.', []],
    ['Fix the login', ['subject-empty', 'type-empty']],
    ['fix(gateway): Refuse a sixth room', ['subject-case']],
    [`feat(sdk): ${'a'.repeat(61)}`, []],
    [`feat(sdk): ${'a'.repeat(62)}`, ['header-max-length']],
  ])('%j', async (message, problems) => {
    expect(await findProblems(message)).toEqual(problems);
  });
});

describe('the Git hooks', () => {
  let checkout: string;
  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'polyroom-hooks-'));
    await mkdir(join(checkout, 'tools/setup'), { recursive: true });
    await cp(join(rootDir, 'tools/setup/hooks.mjs'), join(checkout, 'tools/setup/hooks.mjs'));
    await symlink(join(rootDir, 'node_modules'), join(checkout, 'node_modules'));
  });
  afterEach(() => rm(checkout, { recursive: true }));

  async function install(env: Record<string, string> = {}): Promise<void> {
    await run(process.execPath, ['tools/setup/hooks.mjs'], {
      cwd: checkout,
      env: { PATH: process.env['PATH'], ...env },
    });
  }

  /** The configured folder of hooks; empty: the default. */
  async function hooksPath(): Promise<string> {
    const args = ['config', '--local', '--default', '', 'core.hooksPath'];
    return (await run('git', args, { cwd: checkout })).stdout.trim();
  }

  test('are installed in a checkout', async () => {
    await run('git', ['init', '--quiet'], { cwd: checkout });
    await install();
    expect(await hooksPath()).toBe('.husky/_');
  });

  test('are not installed in CI', async () => {
    await run('git', ['init', '--quiet'], { cwd: checkout });
    await install({ CI: 'true' });
    expect(await hooksPath()).toBe('');
  });

  test('are not installed without a checkout, or if husky is not installed', async () => {
    await install();
    await rm(join(checkout, 'node_modules'));
    await run('git', ['init', '--quiet'], { cwd: checkout });
    await install();
    expect(await hooksPath()).toBe('');
  });
});
