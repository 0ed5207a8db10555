import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { proportionalBytes } from '../collected-memory.js';
import { cpuUsOf } from '../process-cpu.js';
import { showProgress } from '../progress.js';
import { type BenchResult } from '../report.js';
import { Launcher, type RunningProcess } from './launcher.js';
import { measureUserMemory, type UserMemory } from './user-memory.js';

/** The work of the start ends within this time: first reports, compiled code. */
const settleMs = 20_000;
const idleMs = 30_000;
const mebibyte = 1024 * 1024;
const kibibyte = 1024;

interface Form {
  name: string;
  args: string[];
  allInOne: boolean;
}

const forms: Form[] = [
  { name: 'one process', args: [], allInOne: true },
  { name: 'cluster', args: ['--cluster'], allInOne: false },
];

interface Idle {
  readyMs: number;
  /** By what the processes run. */
  pssBytes: Map<string, number>;
  /** The part of one core. */
  cpu: number;
  processes: number;
}

/**
 * Measures what an idle system costs a machine: the two forms of `npm start`, with launcher, Redis, NATS and media workers,
 * and what users add who are in rooms and do nothing.
 */
export async function footprint(rootDir: string): Promise<BenchResult> {
  const measured: { form: Form; idle: Idle; users: UserMemory }[] = [];
  for (const form of forms) {
    showProgress(`${form.name}: idle`);
    const idle = await measureIdle(rootDir, form);
    showProgress(`${form.name}: users`);
    measured.push({ form, idle, users: await measureUserMemory(rootDir, form.allInOne) });
  }
  const figures: Record<string, number> = {};
  for (const { form, idle, users } of measured) {
    const prefix = form.allInOne ? 'oneProcess' : 'cluster';
    const launcherBytes = idle.pssBytes.get('launcher') ?? 0;
    figures[`${prefix}PssMiB`] = total(idle) / mebibyte;
    figures[`${prefix}CollectedPssMiB`] = (users.idleBytes + launcherBytes) / mebibyte;
    figures[`${prefix}CpuPercent`] = idle.cpu * 100;
    figures[`${prefix}ReadySeconds`] = idle.readyMs / 1000;
    figures[`${prefix}UserKiB`] = users.perUserBytes / kibibyte;
    figures[`${prefix}RoomKiB`] = users.perRoomBytes / kibibyte;
  }
  return {
    figures,
    columns: ['PSS in MiB', ...forms.map(({ name }) => name)],
    rows: [
      ...rowsOf(measured.map(({ idle }) => idle)),
      ['processes', ...measured.map(({ idle }) => idle.processes)],
    ],
    notes: [
      `the table is ${(settleMs + idleMs) / 1000} s after the start, without a forced garbage collection`,
      '…CollectedPssMiB: after one in every service, with the PSS of the launcher from the table',
      '…ReadySeconds: the second start in a data directory, from the launch of the built launcher',
    ],
  };
}

async function measureIdle(rootDir: string, form: Form): Promise<Idle> {
  const dataDir = await mkdtemp(join(tmpdir(), 'polyroom-footprint-'));
  try {
    // Makes the data, and the compiled code of the cache.
    const cold = await Launcher.start(rootDir, dataDir, form.args);
    await cold.launcher.close();
    const { launcher, readyMs } = await Launcher.start(rootDir, dataDir, form.args);
    try {
      await sleep(settleMs);
      const processes = launcher.processes();
      const usedUs = (): number => processes.reduce((sum, { pid }) => sum + cpuUsOf(pid), 0);
      const [beforeUs, beforeMs] = [usedUs(), performance.now()];
      await sleep(idleMs);
      const cpu = (usedUs() - beforeUs) / 1000 / (performance.now() - beforeMs);
      return { readyMs, pssBytes: pssOf(processes), cpu, processes: processes.length };
    } finally {
      await launcher.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function pssOf(processes: RunningProcess[]): Map<string, number> {
  const byName = new Map<string, number>();
  for (const { pid, name } of processes) {
    byName.set(name, (byName.get(name) ?? 0) + proportionalBytes([pid]));
  }
  return byName;
}

function rowsOf(idles: Idle[]): (string | number)[][] {
  const names = [...new Set(idles.flatMap(({ pssBytes }) => [...pssBytes.keys()]))];
  return [
    ...names.map((name) => [name, ...idles.map(({ pssBytes }) => cell(pssBytes.get(name)))]),
    ['together', ...idles.map((idle) => cell(total(idle)))],
  ];
}

function cell(bytes: number | undefined): number | string {
  return bytes === undefined ? '' : Math.round((bytes / mebibyte) * 10) / 10;
}

function total({ pssBytes }: Idle): number {
  return [...pssBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
