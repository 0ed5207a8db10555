import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@polyroom/testing';
import { rootDir } from './repository.js';

const script = join(rootDir, 'tools', 'deploy-check', 'boot-systemd.sh');
const systemd = '/lib/systemd/systemd';

/** Whether tests may start a whole host, which takes minutes. */
export const isLongRun = process.env['POLYROOM_BOOT_SYSTEMD'] === '1';

/** Why systemd cannot be booted here; undefined if it can. */
export function whyNotBootable(): string | undefined {
  if (!isLongRun) {
    return 'takes minutes: set POLYROOM_BOOT_SYSTEMD=1';
  }
  if (process.getuid?.() !== 0) {
    return 'needs root';
  }
  if (!existsSync(systemd)) {
    return 'systemd is not installed';
  }
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--cgroup'];
  const { status, error } = spawnSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  return status === 0 ? undefined : `namespaces are not permitted: ${error?.message ?? `status ${status}`}`;
}

export interface Ran {
  status: number;
  output: string;
}

/** A systemd as process 1 of its own namespaces, with this checkout in /opt/polyroom/one. */
export class BootedSystemd {
  private constructor(
    private readonly child: ChildProcess,
    private readonly pid: number,
  ) {}

  static async start(worker: string): Promise<BootedSystemd> {
    const child = spawn('bash', [script, rootDir, worker], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)));
    }
    try {
      const booted = await waitFor(
        async () => {
          if (child.exitCode !== null) {
            return 'ended';
          }
          const [pid] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
          const found = new BootedSystemd(child, Number(pid));
          return pid !== '' && (await found.run('systemctl is-active boot.target')).status === 0 && found;
        },
        { timeoutMs: 60_000, intervalMs: 200, describe: 'systemd to boot' },
      );
      if (booted === 'ended') {
        throw new Error(`status ${child.exitCode}`);
      }
      return booted;
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`systemd did not boot: ${(error as Error).message}\n${output}`, { cause: error });
    }
  }

  /** Runs a command of the shell beside systemd, as root. */
  run(command: string): Promise<Ran> {
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    const args = ['--target', String(this.pid), ...namespaces, '--wd=/', 'sh', '-c', command];
    return new Promise((resolve) =>
      execFile('nsenter', args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
      ),
    );
  }

  /** Kills everything. */
  async close(): Promise<void> {
    const group = this.controlGroup();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    if (group !== undefined) {
      await waitFor(() => removeGroups(group), { describe: 'the control groups to be empty' });
    }
  }

  /** As this process sees it; undefined without a mount of cgroup2. */
  private controlGroup(): string | undefined {
    const mount = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((folder) =>
      existsSync(join(folder, 'cgroup.procs')),
    );
    const path = /^0::(\/.*?polyroom-boot-\w+)/m.exec(readFileSync(`/proc/${this.pid}/cgroup`, 'utf8'))?.[1];
    return mount === undefined || path === undefined ? undefined : join(mount, path);
  }
}

function removeGroups(folder: string): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      removeGroups(join(folder, entry.name));
    }
  }
  rmdirSync(folder);
  return true;
}
