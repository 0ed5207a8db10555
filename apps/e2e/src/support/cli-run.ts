import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(
  dirname(fileURLToPath(import.meta.url)),
  ...['..', '..', '..', '..', 'apps', 'cli', 'dist', 'polyroom.js'],
);

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A run of the command `polyroom`. */
export interface CliRun {
  /** What it has printed so far. */
  readonly printed: Pick<CliResult, 'stdout' | 'stderr'>;
  readonly ended: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
}

/** The command `polyroom` as a process, with a folder of its own for profiles. */
export class Cli {
  private readonly running = new Set<ChildProcess>();

  private constructor(
    readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  static async open(env: Record<string, string> = {}): Promise<Cli> {
    return new Cli(await mkdtemp(join(tmpdir(), 'polyroom-cli-')), env);
  }

  start(
    args: string[],
    { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
  ): CliRun {
    const { NODE_COMPILE_CACHE, PATH } = process.env;
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: {
        ...{ PATH, XDG_CONFIG_HOME: this.folder },
        ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
        ...this.env,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.running.add(child);
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (printed.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (printed.stderr += String(chunk)));
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<CliResult>((resolve) =>
      child.once('close', (code) => {
        this.running.delete(child);
        resolve({ code, ...printed });
      }),
    );
    return { printed, ended, kill: (signal) => child.kill(signal) };
  }

  run(args: string[], options: Parameters<Cli['start']>[1] = {}): Promise<CliResult> {
    return this.start(args, options).ended;
  }

  /** The result of a command as JSON. Throws if the command fails. */
  async json(args: string[], options: Parameters<Cli['start']>[1] = {}): Promise<Record<string, unknown>> {
    const { code, stderr, stdout } = await this.run([...args, '--json'], options);
    if (code !== 0) {
      throw new Error(`polyroom ${args.join(' ')} ended with ${code}: ${stderr}`);
    }
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async close(): Promise<void> {
    this.running.forEach((child) => child.kill('SIGKILL'));
    await rm(this.folder, { recursive: true });
  }
}
