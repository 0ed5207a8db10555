import { execFile, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import * as sdk from '../src/index.js';
import { packageDir, rootDir } from './installed-package.js';

/** A call of the server SDK in any language. Times are Unix seconds. */
export interface Call {
  call:
    | 'createToken'
    | 'createToken04'
    | 'verifyToken'
    | 'signWebhook'
    | 'verifyWebhook'
    | 'signZegoCallback'
    | 'verifyZegoCallback';
  options: Record<string, unknown>;
}

/** A value, or an error: of an argument, a token (with a code) or a signature (with a reason). */
export interface Reply {
  value?: unknown;
  argument?: string;
  code?: number;
  reason?: string;
  problem?: string;
}

export interface Language {
  name: string;
  /** Why it cannot run here. */
  missing?: string | undefined;
  /** Why it cannot make token04 here. */
  withoutToken04?: string | undefined;
  /** Its own tests. */
  unitTests?: { command: string; args: string[]; cwd: string; env: Record<string, string> };
  call(calls: Call[]): Promise<Reply[]>;
}

const goDir = join(rootDir, 'libs/server-sdk-go');
// No download of another toolchain.
const goEnv = { GOTOOLCHAIN: 'local' };
const pythonDir = join(rootDir, 'libs/server-sdk-python');
// Neither writes compiled files into the sources.
const pythonEnv = { PYTHONPATH: join(pythonDir, 'src'), PYTHONDONTWRITEBYTECODE: '1' };

/** The languages; `env` is that of the test. */
export function findLanguages(env: NodeJS.ProcessEnv): Language[] {
  const runs = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
  const hasPython = runs('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))');
  const hasAes = hasPython && runs('python3', '-c', 'import cryptography');
  const goVersion = /\bgo1\.(\d+)/.exec(
    spawnSync('go', ['version'], { env, encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  let goProgram: Promise<string> | undefined;
  return [
    { name: 'Node.js', call: (calls) => Promise.all(calls.map(callNode)) },
    {
      name: 'Python',
      missing: hasPython ? undefined : 'python3, 3.9 or later, is not on PATH',
      withoutToken04: hasAes ? undefined : 'python3 has no package cryptography',
      unitTests: {
        command: 'python3',
        args: ['-m', 'unittest', 'discover', '-s', 'tests'],
        cwd: pythonDir,
        env: pythonEnv,
      },
      call: (calls) =>
        callProcess(calls, 'python3', [join(pythonDir, 'tests/cross.py')], { ...env, ...pythonEnv }),
    },
    {
      name: 'Go',
      missing: Number(goVersion) >= 21 ? undefined : 'go, 1.21 or later, is not on PATH',
      unitTests: { command: 'go', args: ['test', './...'], cwd: goDir, env: goEnv },
      call: async (calls) => {
        goProgram ??= buildGoProgram({ ...env, ...goEnv });
        return callProcess(calls, await goProgram, [], env);
      },
    },
  ];
}

/** Compiled once: `go run` would link it for each call. */
async function buildGoProgram(env: NodeJS.ProcessEnv): Promise<string> {
  const program = join(packageDir, 'dist/cross-go');
  await promisify(execFile)('go', ['build', '-o', program, './internal/cross'], { cwd: goDir, env });
  return program;
}

/** Runs a program that answers each line with a line. */
async function callProcess(
  calls: Call[],
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<Reply[]> {
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const replies = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Reply);
  if (replies.length !== calls.length) {
    throw new Error(`${command} answered ${replies.length} of ${calls.length} calls: ${errors}`);
  }
  return replies;
}

async function callNode({ call, options: { now, ...rest } }: Call): Promise<Reply> {
  const options = { ...rest, ...(now === undefined ? {} : { nowMs: Number(now) * 1000 }) };
  try {
    return { value: (await nodeCalls[call](options as never)) ?? null };
  } catch (error) {
    if (error instanceof sdk.ArgumentError) {
      const { argument, code, message } = error;
      return { argument, code, problem: message.slice(argument.length + 2) };
    }
    if (error instanceof sdk.TokenError) {
      return { code: error.code, problem: error.message };
    }
    if (error instanceof sdk.WebhookSignatureError) {
      return { reason: error.reason, problem: error.message };
    }
    throw error;
  }
}

const nodeCalls: Record<Call['call'], (options: never) => unknown> = {
  createToken: sdk.createToken,
  createToken04: sdk.createToken04,
  verifyToken: async ({ token, ...options }: sdk.VerifyTokenOptions & { token: string }) => {
    const { issuedAtMs, expiresAtMs, maxRooms = null, ...verified } = await sdk.verifyToken(token, options);
    return { ...verified, maxRooms, issuedAt: issuedAtMs / 1000, expiresAt: expiresAtMs / 1000 };
  },
  signWebhook: sdk.signWebhook,
  verifyWebhook: sdk.verifyWebhook,
  signZegoCallback: (options: { callbackSecret: string; timestamp: number; nonce: string }) =>
    sdk.signZegoCallback(options.callbackSecret, options.timestamp, options.nonce),
  verifyZegoCallback: sdk.verifyZegoCallback,
};
