import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dieWithParent, waitUntilStopped } from '@polyroom/testing';

export interface LogLine {
  process: string;
  text: string;
}

export type ProcessEvent =
  | {
      type: 'exited';
      process: string;
      code: number | null;
      signal: NodeJS.Signals | null;
      restartInMs: number;
    }
  | { type: 'restarted'; process: string };

/** What to run. */
export interface Launch {
  command: string;
  args: string[];
  cwd: string;
}

export interface ManagedProcessOptions {
  name: string;
  /** Asked at each start, so that a restart can run something else. */
  launch: () => Launch;
  env: Record<string, string>;
  /** How long the process may take to end on SIGTERM; 8 s by default. */
  stopDeadlineMs?: number;
  /** File descriptors kept open while the process runs. */
  inheritFds: readonly number[];
  onLog: (line: LogLine) => void;
  onEvent: (event: ProcessEvent) => void;
}

const defaultStopDeadlineMs = 8000;
const firstRestartDelayMs = 500;
const maxRestartDelayMs = 10_000;
/** After this time a process counts as recovered and its next crash is restarted quickly again. */
const stableAfterMs = 30_000;

/**
 * One process of the cluster: its output line by line, restarted when it exits by itself, stopped permanently by
 * `close()`. It runs in a separate process group, so that Ctrl-C reaches only the launcher, which then ends
 * the processes in the right order; the kernel ends it if the launcher is killed.
 */
export class ManagedProcess {
  readonly name: string;
  private child: ChildProcess | undefined;
  private closing = false;
  private restartTimer: NodeJS.Timeout | undefined;
  private restartDelayMs = firstRestartDelayMs;
  private startedAtMs = 0;
  private exited: Promise<void> = Promise.resolve();

  private constructor(private readonly options: ManagedProcessOptions) {
    this.name = options.name;
  }

  static start(options: ManagedProcessOptions): ManagedProcess {
    const managed = new ManagedProcess(options);
    managed.spawn();
    return managed;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Sends a signal to the running process; if it exits, it is restarted. After SIGSTOP it stands still. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    const { child } = this;
    child?.kill(signal);
    if (signal === 'SIGSTOP' && child?.pid !== undefined) {
      waitUntilStopped(child.pid);
    }
  }

  /** Ends the process without a restart. Idempotent. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const { stopDeadlineMs = defaultStopDeadlineMs } = this.options;
      const killer = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
      await this.exited;
      clearTimeout(killer);
    }
  }

  private spawn(): void {
    const { name, launch, env, inheritFds, onLog } = this.options;
    const { command, args, cwd } = launch();
    const [program, programArgs] = dieWithParent(command, args);
    const child = spawn(program, programArgs, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...inheritFds],
    });
    this.child = child;
    this.startedAtMs = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (text) => onLog({ process: name, text }));
    }
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        onLog({ process: name, text: `cannot start: ${error.message}` });
        resolve();
      });
      child.once('exit', (code, signal) => {
        resolve();
        this.handleExit(code, signal);
      });
    });
  }

  private handleExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.closing) {
      return;
    }
    if (Date.now() - this.startedAtMs > stableAfterMs) {
      this.restartDelayMs = firstRestartDelayMs;
    }
    const restartInMs = this.restartDelayMs;
    this.restartDelayMs = Math.min(this.restartDelayMs * 2, maxRestartDelayMs);
    this.options.onEvent({ type: 'exited', process: this.name, code, signal, restartInMs });
    this.restartTimer = setTimeout(() => {
      this.spawn();
      this.options.onEvent({ type: 'restarted', process: this.name });
    }, restartInMs);
  }
}
