import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findSchemaProblems } from './compose-schema.js';
import { findTypeProblems } from './kubernetes-types.js';
import { buildWithComponent, hasKubectl } from './kustomize.js';
import { findRuleProblems, isWorkload, type Manifest, toWorkload } from './manifest.js';
import { parseYaml, readText, rootDir } from './repository.js';
import { natsUsers } from './shipped-nats.js';

const caFile = '/etc/polyroom/tls/ca.crt';
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'polyroom-tls-check-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('docker-compose.tls.yml', () => {
  type Volume = string | { source: string; target: string };
  interface ComposeFile {
    services: Record<
      string,
      { environment?: Record<string, string>; command?: string[]; volumes?: Volume[] }
    >;
  }
  const [plain] = parseYaml(readText('docker-compose.yml')) as [ComposeFile];
  const [tls] = parseYaml(readText('docker-compose.tls.yml')) as [ComposeFile];
  const targetsOf = (name: string): string[] =>
    (tls.services[name]?.volumes ?? []).map((volume) =>
      typeof volume === 'string' ? volume.split(':')[1]! : volume.target,
    );

  test('conforms to the Compose specification', () => {
    expect(findSchemaProblems(join(rootDir, 'docker-compose.tls.yml'))).toEqual([]);
  });

  test('changes the scheme of every address of NATS and Redis, and mounts the authority', () => {
    let changed = 0;
    for (const [name, { environment = {} }] of Object.entries(plain.services)) {
      for (const [server, from, to] of [
        ['NATS', 'nats:', 'tls:'],
        ['REDIS', 'redis:', 'rediss:'],
      ] as const) {
        const address = environment[`POLYROOM_${server}_URL`];
        if (address !== undefined) {
          changed += 1;
          const { environment: own } = tls.services[name]!;
          expect(own?.[`POLYROOM_${server}_URL`]).toBe(address.replace(from, to));
          expect(own?.[`POLYROOM_${server}_CA_FILE`]).toBe(caFile);
          expect(targetsOf(name)).toContain(caFile);
        }
      }
    }
    expect(changed).toBe(natsUsers.length + 2);
  });

  test('keeps the options of Redis, and mounts every file that the servers name', () => {
    const command = tls.services['redis']!.command!;
    expect(command).toEqual(expect.arrayContaining(plain.services['redis']!.command!));
    expect(command.join(' ')).toContain('--port 0 --tls-port 6379');
    const named = [...command, readText('deploy/nats/tls.conf')].flatMap(
      (text) => text.match(/\/etc\/polyroom\/tls\/\S+/g) ?? [],
    );
    for (const name of ['nats', 'redis']) {
      expect(targetsOf(name)).toEqual(expect.arrayContaining([...new Set(named)]));
    }
  });
});

test('nats-server accepts deploy/nats/tls.conf with certificates of deploy/tls', () => {
  const made = spawnSync(join(rootDir, 'deploy/tls/make-certificates.sh'), [dir], { encoding: 'utf8' });
  expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: '' });
  writeFileSync(join(dir, 'nats.conf'), readText('deploy/nats/nats.conf'));
  const paths = { 'tls.crt': 'nats.crt', 'tls.key': 'nats.key', 'ca.crt': 'ca.crt' };
  const configuration = Object.entries(paths).reduce(
    (text, [mounted, file]) => text.replace(`/etc/polyroom/tls/${mounted}`, join(dir, file)),
    readText('deploy/nats/tls.conf'),
  );
  writeFileSync(join(dir, 'tls.conf'), configuration);
  const checked = spawnSync('nats-server', ['--config', join(dir, 'tls.conf'), '-t'], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      NATS_SERVER_NAME: 'checked',
      NATS_STORE_DIR: dir,
      ...Object.fromEntries(natsUsers.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, `pw-${user}`])),
    },
  });
  expect(checked.stderr).toContain('configuration file');
  expect(checked.status).toBe(0);
});

test('the certificates are for the names of the servers, and only their keys are private', () => {
  const list = spawnSync('sh', ['-c', `stat -c '%a %n' *.crt *.key`], { cwd: dir, encoding: 'utf8' });
  const modes = Object.fromEntries(
    list.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').reverse() as [string, string]),
  );
  expect(modes).toEqual({
    ...{ 'ca.crt': '644', 'nats.crt': '644', 'redis.crt': '644', 'client.crt': '644' },
    ...{ 'ca.key': '600', 'nats.key': '600', 'redis.key': '600', 'client.key': '600' },
  });
  for (const name of ['nats', 'redis']) {
    const verified = spawnSync(
      'openssl',
      ['verify', '-CAfile', 'ca.crt', '-verify_hostname', name, `${name}.crt`],
      {
        cwd: dir,
        encoding: 'utf8',
      },
    );
    expect(verified.stdout).toBe(`${name}.crt: OK\n`);
  }
});

(hasKubectl ? describe : describe.skip)('deploy/k8s/components/tls', () => {
  let built: Manifest[];
  beforeAll(() => {
    built = buildWithComponent('deploy/k8s/components/tls');
  });

  test('builds valid objects from the dev overlay', () => {
    expect(findTypeProblems(built)).toEqual([]);
    expect(built.flatMap(findRuleProblems)).toEqual([]);
  });

  test('gives every service of the bus the scheme and the authority', () => {
    const config = built.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('polyroom-config'),
    );
    expect(config!.data).toMatchObject({
      NATS_SCHEME: 'tls',
      POLYROOM_NATS_CA_FILE: caFile,
      POLYROOM_REDIS_CA_FILE: caFile,
    });
    const services = built.filter(
      (manifest) => isWorkload(manifest) && JSON.stringify(manifest).includes('POLYROOM_NATS_URL'),
    );
    expect(services.map(({ metadata }) => metadata.name).sort()).toEqual([...natsUsers].sort());
    for (const service of services) {
      const { spec } = toWorkload(service).template;
      expect(JSON.stringify(spec)).toContain(`"value":"$(NATS_SCHEME)://`);
      expect(JSON.stringify(spec.volumes)).toContain('"configMap":{"name":"polyroom-ca"}');
      expect(JSON.stringify(service)).toContain('"mountPath":"/etc/polyroom/tls"');
    }
  });

  test.each([
    ['nats', 'polyroom-nats-tls', '/etc/nats/tls.conf'],
    ['redis', 'polyroom-redis-tls', '--tls-port'],
  ])('gives %s its certificate', (name, secret, argument) => {
    const text = JSON.stringify(
      built.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === name),
    );
    expect(text).toContain(`"secretName":"${secret}"`);
    expect(text).toContain(`"${argument}"`);
  });
});
