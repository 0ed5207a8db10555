import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { dieWithParent } from './die-with-parent.js';
import { loopback, type Place } from './place.js';
import { type ServerTls } from './tls.js';
import { waitFor } from './wait-for.js';
import { waitUntilStopped } from './wait-until-stopped.js';

/** A real server process on a free port. The caller closes it. */
export interface RunningServer {
  url: string;
  port: number;
  readonly pid: number | undefined;
  /** Ends the process like a crash; `restart` starts it again on the same port and data. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
  /** Sends a signal without waiting for the process to exit. Returns from SIGSTOP when the process stands still. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the process and removes its temporary data directory. Idempotent. */
  close(): Promise<void>;
}

export interface ServerCommand {
  name: string;
  program: string;
  args: (dataDir: string) => string[];
  /**
   * Files to write, by their names in the data directory. Passwords belong here: arguments are visible to all
   * users.
   */
  files?: Record<string, string>;
  port: number;
  url: string;
  /** The network of this process by default. */
  place?: Place | undefined;
  /** Kept after `close()` if given; a temporary directory otherwise. */
  dataDir?: string | undefined;
  /** Whether the server responds. */
  probe: () => Promise<boolean>;
  /** User that runs the process; by default the user of this process. */
  runAs?: ServerUser | undefined;
  /** Runs once, before the first start. */
  prepare?: (dataDir: string) => Promise<void>;
  /** File descriptors kept open while the process runs. */
  inheritFds?: readonly number[] | undefined;
  /** Signals other than SIGTERM for an orderly end and SIGKILL for a crash. */
  stopSignal?: NodeJS.Signals;
  crashSignal?: NodeJS.Signals;
  /** Called if the running process ends by itself, with the reason. */
  onCrash?: ((reason: string) => void) | undefined;
}

export interface ServerUser {
  uid: number;
  gid: number;
}

const startDeadlineMs = 15_000;
const stopDeadlineMs = 5000;
/** Processes that this one ends. */
const ending = new WeakSet<ChildProcess>();

export async function startServer(command: ServerCommand): Promise<RunningServer> {
  const dataDir = command.dataDir ?? (await mkdtemp(join(tmpdir(), `polyroom-${command.name}-`)));
  const { stopSignal = 'SIGTERM', crashSignal = 'SIGKILL' } = command;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(command.files ?? {})) {
    const file = join(dataDir, name);
    await writeFile(file, '', { mode: 0o600 });
    await chmod(file, 0o600);
    await writeFile(file, content);
  }
  await command.prepare?.(dataDir);
  let child = await launch(command, dataDir);
  let closed: Promise<void> | undefined;
  return {
    url: command.url,
    port: command.port,
    get pid() {
      return child.pid;
    },
    kill: (signal = crashSignal) => end(child, signal),
    restart: async () => {
      await end(child, stopSignal);
      child = await launch(command, dataDir);
    },
    signal: (signal) => {
      child.kill(signal);
      if (signal === 'SIGSTOP') {
        waitUntilStopped(child.pid!);
      }
    },
    close: () => {
      closed ??= (async () => {
        await end(child, stopSignal);
        if (command.dataDir === undefined) {
          await rm(dataDir, { recursive: true, force: true });
        }
      })();
      return closed;
    },
  };
}

async function launch(command: ServerCommand, dataDir: string): Promise<ChildProcess> {
  // A separate process group: Ctrl-C in the terminal must not reach it before its clients.
  const { place = loopback } = command;
  const entered = place.enter(command.program, command.args(dataDir));
  const [program, args] = dieWithParent(...entered, command.stopSignal);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(command.inheritFds ?? [])],
    // The other user may lack access to the working directory of this process.
    ...(command.runAs && { ...command.runAs, cwd: dataDir }),
  });
  let output = '';
  let failure: string | undefined;
  const keep = (chunk: unknown): void => {
    output = (output + String(chunk)).slice(-4000);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure ??= describeExit(code, signal);
  });
  // The test process must be able to exit while a forgotten server still runs.
  child.unref();
  try {
    await waitFor(async () => failure !== undefined || (await command.probe()), {
      timeoutMs: startDeadlineMs,
      describe: `${command.name} to answer`,
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  if (failure !== undefined) {
    throw new Error(`${command.name} did not start: ${failure}\n${output}`);
  }
  child.once('exit', (code, signal) => {
    if (!ending.has(child)) {
      command.onCrash?.(describeExit(code, signal));
    }
  });
  return child;
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return `it ended with ${signal ?? `code ${code}`}`;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ending.add(child);
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
  await exited;
  clearTimeout(killer);
}

/** Sends a text and returns whether the reply begins as expected. */
export function answers(
  port: number,
  text: string,
  expected: string,
  { tls, host = loopback.host }: { tls?: ServerTls | undefined; host?: string } = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tls === undefined ? createConnection(port, host) : connectByTls(port, tls);
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => resolve(false));
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
      if (answer.length >= expected.length || !expected.startsWith(answer)) {
        finish(answer.startsWith(expected));
      }
    });
  });
}

/** The server's own certificate serves as that of the client. */
function connectByTls(port: number, { host, certFile, keyFile, caFile }: ServerTls): Socket {
  const [cert, key, ca] = [certFile, keyFile, caFile].map((file) => readFileSync(file));
  return connect({ host: '127.0.0.1', port, servername: host, cert, key, ca });
}
