import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RunOptions {
  env?: Record<string, string>;
  /** Keeps the standard input open, so that the program can wait for its end. */
  input?: boolean;
}

/** A program that is running. */
export interface Running {
  child: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Resolves with the output; rejects with it if the program fails. */
  readonly ended: Promise<string>;
}

/** A folder with a package.json of its own, outside the workspaces. */
export class Application {
  private constructor(readonly dir: string) {}

  /** A copy of the source, or an empty application, with these packages installed: tarballs, or names. */
  static async install(source: string | undefined, dir: string, packages: string[]): Promise<Application> {
    await mkdir(dir, { recursive: true });
    if (source === undefined) {
      await writeFile(join(dir, 'package.json'), '{ "private": true }');
    } else {
      await cp(source, dir, { recursive: true });
    }
    const application = new Application(dir);
    await application.run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error', ...packages]);
    return application;
  }

  /** A folder as it is. */
  static at(dir: string): Application {
    return new Application(dir);
  }

  /** Runs a program of the application's dependencies. */
  runBin(name: string, args: string[], options: RunOptions = {}): Promise<string> {
    return this.run(join(this.dir, 'node_modules', '.bin', name), args, options);
  }

  run(program: string, args: string[], options: RunOptions = {}): Promise<string> {
    return this.start(program, args, options).ended;
  }

  start(program: string, args: string[], { env = {}, input = false }: RunOptions = {}): Running {
    const child = spawn(program, args, {
      cwd: this.dir,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    const chunks: string[] = [];
    child.stdout!.on('data', (chunk) => chunks.push(String(chunk)));
    child.stderr!.on('data', (chunk) => chunks.push(String(chunk)));
    const output = (): string => chunks.join('');
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0
          ? resolve(output())
          : reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output()}`)),
      );
    });
    // Reported where it is awaited.
    ended.catch(() => undefined);
    return { child, output, ended };
  }
}
