import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Script } from 'node:vm';
import { findSchemaProblems } from './compose-schema.js';
import {
  findVariables,
  listConfigurationVariables,
  listServices,
  parseYaml,
  pathExists,
  readText,
  rootDir,
} from './repository.js';

interface ComposeService {
  image: string;
  build?: { dockerfile: string; args: { SERVICE: string } };
  environment?: Record<string, string | number>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
  volumes?: string[];
  networks?: string[];
  ports?: string[];
  read_only?: boolean;
  command?: string[];
}

const text = readText('docker-compose.yml');
interface ComposeFile {
  services: Record<string, ComposeService>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

const [compose] = parseYaml(text) as [ComposeFile];
const composed = Object.entries(compose.services);
const ours = composed.filter(([, service]) => service.build !== undefined);

test('docker-compose.yml conforms to the Compose specification', () => {
  expect(findSchemaProblems(join(rootDir, 'docker-compose.yml'))).toEqual([]);
});

test.each([
  ['a mapping where a string belongs', /"(fetch\(.*)"$/m, '$1', 'must be string'],
  ['a field that does not exist', 'healthcheck:', 'helthcheck:', 'must NOT have additional properties'],
  ['a dependency on a state that does not exist', 'service_healthy', 'service_hale', '/depends_on'],
  ['invalid YAML', 'services:', 'services: [', 'Invalid YAML'],
])('the check refuses %s', (_name, correct, wrong, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyroom-compose-'));
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, text.replace(correct, wrong));
  const problems = findSchemaProblems(file);
  rmSync(folder, { recursive: true });
  expect(problems.join()).toContain(message);
});

test('every service of apps/ is included, built from the one Dockerfile', () => {
  expect(new Set(ours.map(([, service]) => service.build!.args.SERVICE))).toEqual(new Set(listServices()));
  ours.forEach(([, service]) => {
    expect(pathExists(service.build!.dockerfile)).toBe(true);
    expect(service.image).toBe(`polyroom/${service.build!.args.SERVICE}`);
  });
});

test('the edge, the room service and the media nodes have two instances, so that one of each may end', () => {
  const mediaNodes = ours.filter(([, service]) => service.build!.args.SERVICE === 'media');
  expect(new Set(mediaNodes.map(([, { environment }]) => environment!['POLYROOM_NODE_ID'])).size).toBe(2);
  expect(compose.services['gateway']?.deploy?.replicas).toBe(2);
  expect(compose.services['room']?.deploy?.replicas).toBe(2);
});

test.each(['media-1', 'media-2'])('a worker of %s has the same ports inside and outside', (name) => {
  // Clients receive the inner ports.
  const { environment, ports } = compose.services[name]!;
  const first = Number(environment!['POLYROOM_MEDIA_PORT_BASE']);
  const range = `${first}-${first + Number(environment!['POLYROOM_MEDIA_WORKERS']) - 1}`;
  expect(ports).toEqual([`${range}:${range}/udp`, `${range}:${range}/tcp`]);
  // From there on Linux takes ports for outgoing connections.
  expect(Math.max(...listPublishedPorts(compose.services[name]!))).toBeLessThan(32_768);
});

test.each(['docker-compose.yml', 'docs/operations.md'])('%s names every published port', (page) => {
  const explained =
    page === 'docker-compose.yml' ? text.slice(0, text.indexOf('name: polyroom')) : readText(page);
  const ports = ours.flatMap(([, service]) => listPublishedPorts(service));
  expect(ports).toHaveLength(2 + 1 + 1 + 2 * 4);
  expect(ports.filter((port) => !explained.includes(String(port)))).toEqual([]);
});

test.each(['docs/media.md', 'docs/configuration.md', 'deploy/docker/env.example'])(
  '%s names every port of the media nodes',
  (page) => {
    const ports = ['media-1', 'media-2'].flatMap((name) => listPublishedPorts(compose.services[name]!));
    expect(ports.filter((port) => !readText(page).includes(String(port)))).toEqual([]);
  },
);

/** The host ports: both of `7080-7081:7080`, and once for each protocol. */
function listPublishedPorts({ ports = [] }: ComposeService): number[] {
  return ports.flatMap((mapping) => {
    const [first, last = first] = mapping.split(':')[0]!.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index);
  });
}

describe.each(composed)('%s', (_name, service) => {
  test('has a health check, and waits until its dependencies are healthy', () => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    const [run, command, flag, script] = service.healthcheck?.test ?? [];
    if (run === 'CMD' && command === 'node') {
      expect(flag).toBe('-e');
      expect(() => new Script(script!)).not.toThrow();
    }
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services).toHaveProperty(needed);
      expect(condition).toBe('service_healthy');
    }
  });

  test('reads only variables that exist in the configuration', () => {
    const known = new Set(listConfigurationVariables());
    const names = Object.keys(service.environment ?? {}).flatMap(findVariables);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  test('mounts only existing files, and uses only declared networks and volumes', () => {
    const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0]!);
    const isMissing = (source: string): boolean =>
      source.startsWith('./') ? !pathExists(source) : !(source in compose.volumes);
    expect(sources.filter(isMissing)).toEqual([]);
    expect(service.networks?.filter((network) => !(network in compose.networks))).toEqual([]);
  });
});

test('auth gets the key of its secrets, and no other service does', () => {
  const receivers = ours.filter(([, { environment }]) => 'POLYROOM_SECRETS_KEY' in environment!);
  expect(receivers.map(([name]) => name)).toEqual(['auth']);
});
test.each(['gateway', 'interop', 'console'])(
  'the monitor port of %s is checked and not published',
  (name) => {
    const { environment, healthcheck, ports = [] } = compose.services[name]!;
    const port = String(environment!['POLYROOM_MONITOR_PORT']);
    expect(healthcheck?.test.at(-1)).toContain(`:${port}/readyz`);
    expect(ports.filter((mapping) => mapping.endsWith(`:${port}`))).toEqual([]);
  },
);

test('Redis persists its data', () => {
  const command = compose.services['redis']!.command!.join(' ');
  expect(command).toContain('--appendonly yes');
  expect(command).toContain('--appendfsync everysec');
  expect(command).toContain('--maxmemory-policy noeviction');
});

test('every secret must be set by the operator, and the example names it without a value', () => {
  const required = [...text.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map((match) => match[1]!);
  expect(new Set(required).size).toBeGreaterThan(7);
  const example = parseEnv(readText('deploy/docker/env.example'));
  expect(example).toEqual(Object.fromEntries(required.map((name) => [name, ''])));
  // A secret used without the guard would be silently empty if its guarded use is removed.
  const used = [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1]!);
  used.forEach((name) => expect(required).toContain(name));
});
