import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dieWithParent, waitFor } from '@polyroom/testing';
import { type Network } from './network.js';
import { cpuMsOf, descendantsOf, statusOf } from './processes.js';
import { type Recipe } from './recipe.js';

export interface ContainerOptions {
  rootDir: string;
  name: string;
  /** The root file system. */
  root: string;
  recipe: Recipe;
  env: Record<string, string>;
  isReadOnly: boolean;
  hostsFile: string;
  address: string;
  network: Network;
}

/** What an image process may do. */
export interface Confinement {
  uid: number;
  /** Effective capabilities, as a bit mask in hexadecimal. */
  capabilities: string;
  hasNoNewPrivileges: boolean;
  isRootReadOnly: boolean;
}

const run = promisify(execFile);
const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc'];
/** Of a container engine. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const isolatedWithinMs = 10_000;
/** The grace period of docker-compose.yml. */
const stopsWithinMs = 30_000;

/** The program of an image in its root file system, with namespaces of its own, as an engine would start it. */
export class Container {
  private text = '';
  /** Of `performance.now()`, when the program was started. */
  startedAtMs = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: ContainerOptions,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk) => (this.text += String(chunk)));
    }
  }

  static async start(options: ContainerOptions): Promise<Container> {
    const { rootDir, root, recipe, hostsFile, address, network } = options;
    const script = join(rootDir, 'tools/check/src/images/container.sh');
    const [program, args] = dieWithParent(
      'unshare',
      [
        ...['--fork', '--kill-child', ...namespaces, '--', 'sh', script],
        ...[root, String(recipe.uid), String(recipe.gid), recipe.workDir, hostsFile, `${address}/24`],
        ...[String(options.isReadOnly), ...recipe.command],
      ],
      'SIGKILL',
    );
    const child = spawn(program, args, {
      env: { PATH: defaultPath, ...recipe.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const container = new Container(child, options);
    await container.until(() => container.text.includes('isolated\n'), isolatedWithinMs, 'to be isolated');
    await network.attach(child.pid!);
    container.startedAtMs = performance.now();
    child.stdin!.end('start\n');
    return container;
  }

  get output(): string {
    return this.text;
  }

  /** The program: process 1 of its namespace. */
  get pid(): number {
    const [pid] = descendantsOf(this.child.pid!);
    if (pid === undefined) {
      throw new Error(`${this.options.name} has ended`);
    }
    return pid;
  }

  /** Of the program and its child processes, in bytes. */
  residentBytes(): number {
    return descendantsOf(this.child.pid!)
      .map((pid) => Number(statusOf(pid)['VmRSS']!.split(' ')[0]) * 1024)
      .reduce((sum, bytes) => sum + bytes, 0);
  }

  /** That the program and its child processes have used. */
  cpuMs(): number {
    return descendantsOf(this.child.pid!)
      .map(cpuMsOf)
      .reduce((sum, ms) => sum + ms, 0);
  }

  confinement(): Confinement {
    const status = statusOf(this.pid);
    const mounts = readFileSync(`/proc/${this.pid}/mountinfo`, 'utf8').split('\n');
    const [, options = ''] = /^\S+ \S+ \S+ \S+ \/ (\S+) /m.exec(mounts.join('\n')) ?? [];
    return {
      uid: Number(status['Uid']!.split('\t')[1]),
      capabilities: status['CapEff']!,
      hasNoNewPrivileges: status['NoNewPrivs'] === '1',
      isRootReadOnly: options.split(',').includes('ro'),
    };
  }

  /** Runs another program in the container, as `docker exec` does and health checks do; rejects if it fails. */
  async execute(command: string[]): Promise<string> {
    const { recipe, env } = this.options;
    const { stdout } = await run(
      'nsenter',
      [
        ...['--target', String(this.pid), '--mount', '--net', '--pid', '--root', '--wd'],
        ...['--setgid', String(recipe.gid), '--setuid', String(recipe.uid), '--', ...command],
      ],
      { env: { PATH: defaultPath, ...recipe.env, ...env } },
    );
    return stdout;
  }

  /** Waits for a condition; rejects with the output if the program ends before. */
  async until(
    condition: () => boolean | Promise<boolean>,
    timeoutMs: number,
    describe: string,
  ): Promise<void> {
    const hasEnded = (): boolean => this.child.exitCode !== null || this.child.signalCode !== null;
    const what = `${this.options.name} ${describe}`;
    await waitFor(async () => hasEnded() || (await condition()), {
      timeoutMs,
      describe: what,
      intervalMs: 10,
    }).catch((error: unknown) => {
      throw new Error(`${what}:\n${this.text}`, { cause: error });
    });
    if (hasEnded()) {
      throw new Error(`${this.options.name} has ended:\n${this.text}`);
    }
  }

  /** Ends the program with SIGTERM; returns its exit status. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return this.child.exitCode;
    }
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    process.kill(this.pid, 'SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), stopsWithinMs);
    const [code] = await exited;
    clearTimeout(killer);
    return code;
  }
}
