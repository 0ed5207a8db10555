import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseEnv } from 'node:util';
import { findVariables, readText, rootDir } from './repository.js';
import { readUnit } from './unit-file.js';

const path = 'deploy/systemd/polyroom.service';
const unit = readUnit(path);
const service = unit['Service']!;
const valuesOf = (name: string): string[] =>
  service.filter(([each]) => each === name).map(([, value]) => value);
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const example = readText('deploy/systemd/polyroom.env.example');

describe('polyroom.service', () => {
  test('runs the built launcher as its own user', () => {
    expect(valuesOf('User')).toEqual(['polyroom']);
    const [command] = valuesOf('ExecStart');
    expect(command).toBe(
      '/bin/bash /opt/polyroom/current/tools/setup/exec.sh node --enable-source-maps tools/dev/dist/host/main.js',
    );
  });

  test('has no secret in arguments or in the unit: they come from files that only root reads', () => {
    expect(valuesOf('LoadCredential')).toEqual(['secrets.key:/etc/polyroom/secrets.key']);
    expect(valuesOf('EnvironmentFile')).toEqual(['/etc/polyroom/polyroom.env']);
    const variables = valuesOf('Environment').map((entry) => entry.split('=')[0]);
    expect(variables).toEqual(['POLYROOM_DATA_DIR', 'POLYROOM_SECRETS_KEY_FILE', 'NODE_COMPILE_CACHE']);
    const script = readText('deploy/systemd/host.sh');
    expect(script).toContain('umask 077');
    expect(script).toContain('install -m 600');
  });

  test.each([
    ['Type', 'notify'],
    ['KillMode', 'mixed'],
    ['Restart', 'on-failure'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['PrivateTmp', 'yes'],
    ['StateDirectory', 'polyroom'],
    ['StateDirectoryMode', '0700'],
    ['CapabilityBoundingSet', ''],
  ])('has %s=%s', (name, value) => {
    expect(valuesOf(name)).toEqual([value]);
  });

  test('permits a gateway all of its sockets', () => {
    const sockets = /\| `POLYROOM_MAX_SOCKETS` \| `(\d+)`/.exec(readText('docs/configuration.md'))?.[1];
    expect(Number(valuesOf('LimitNOFILE')[0])).toBeGreaterThan(Number(sockets));
  });

  (hasAnalyze ? test : test.skip)(
    'is accepted by systemd-analyze, and a misspelt entry is not (needs systemd)',
    () => {
      expect(verify(readText(path))).toEqual({ status: 0, output: '' });
      const { output } = verify(readText(path).replace('KillMode', 'KilMode'));
      expect(output).toMatch(/Unknown key (name )?'KilMode'/);
    },
  );

  (hasAnalyze ? test : test.skip)('has an exposure of 2.0 at most (needs systemd)', () => {
    const args = ['security', '--offline=true', '--threshold=20', '--no-pager', join(rootDir, path)];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect({ status, overall: /Overall exposure level.*/.exec(stdout)?.[0] }).toMatchObject({ status: 0 });
  });
});

describe('polyroom.env.example', () => {
  test('asks for what has no default, and has no value of a secret', () => {
    expect(parseEnv(example)).toEqual({
      POLYROOM_GATEWAY_URLS: '',
      POLYROOM_CONSOLE_ORIGINS: '',
      POLYROOM_MEDIA_ANNOUNCED_ADDRESS: '',
    });
  });

  test('names only settings that the launcher accepts', () => {
    const accepted = findVariables(readText('tools/dev/src/host/host-settings.ts'));
    expect(findVariables(example).filter((name) => !accepted.includes(name))).toEqual([]);
  });
});

test('a host accepts every variable of services, except those that the launcher decides', () => {
  const accepted = findVariables(readText('tools/dev/src/host/host-settings.ts'));
  const described = [...readText('docs/configuration.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(
    ([, name]) => name!,
  );
  expect(described.filter((name) => !accepted.includes(name)).sort()).toEqual([
    'MEDIASOUP_WORKER_BIN',
    'POLYROOM_CONSOLE_DIR',
    'POLYROOM_CONSOLE_PORT',
    'POLYROOM_DEMO_APPS',
    'POLYROOM_DOCS_DIR',
    'POLYROOM_FIRST_OWNER_FILE',
    'POLYROOM_GATEWAY_ID',
    'POLYROOM_GATEWAY_PORT',
    'POLYROOM_HTTP_HOST',
    'POLYROOM_HTTP_PORT',
    'POLYROOM_INTEROP_PORT',
    'POLYROOM_MONITOR_HOST',
    'POLYROOM_MONITOR_PORT',
    'POLYROOM_NODE_ID',
    'POLYROOM_PGLITE_DIR',
    'POLYROOM_REDIS_PREFIX',
  ]);
});

describe('host.sh', () => {
  const script = join(rootDir, 'deploy/systemd/host.sh');

  test('is executable and valid', () => {
    expect(statSync(script).mode & 0o111).not.toBe(0);
    expect(spawnSync('bash', ['-n', script]).status).toBe(0);
  });

  test.each([[[]], [['backup']], [['install', 'x']], [['remove']]])('refuses the arguments %j', (args) => {
    const { status, stderr } = spawnSync('bash', [script, ...args], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'host.sh: usage: host.sh install | upgrade | backup FILE | restore FILE\n',
    });
  });
});

function verify(text: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'polyroom-unit-'));
  const file = join(folder, 'polyroom.service');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
  });
  rmSync(folder, { recursive: true });
  return { status, output: `${stdout}${stderr}` };
}
