import { describe, expect, test } from '@jest/globals';
import {
  findVariables,
  listConfigurationVariables,
  listServices,
  parseYaml,
  pathExists,
  readText,
} from './repository.js';

interface ComposeService {
  image: string;
  build?: { dockerfile: string; args: { SERVICE: string } };
  environment?: Record<string, string | number>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
  volumes?: string[];
  ports?: string[];
  read_only?: boolean;
  command?: string[];
}

const text = readText('docker-compose.yml');
const [compose] = parseYaml(text) as [{ services: Record<string, ComposeService> }];
const composed = Object.entries(compose.services);
const ours = composed.filter(([, service]) => service.build !== undefined);

test('every service of apps/ is there, built from the one Dockerfile', () => {
  expect(new Set(ours.map(([, service]) => service.build!.args.SERVICE))).toEqual(new Set(listServices()));
  ours.forEach(([, service]) => {
    expect(pathExists(service.build!.dockerfile)).toBe(true);
    expect(service.image).toBe(`polyroom/${service.build!.args.SERVICE}`);
  });
});

test('the edge, the rooms and the media nodes are there twice, so that one of each may end', () => {
  const mediaNodes = ours.filter(([, service]) => service.build!.args.SERVICE === 'media');
  expect(new Set(mediaNodes.map(([, { environment }]) => environment!['POLYROOM_NODE_ID'])).size).toBe(2);
  expect(compose.services['gateway']?.deploy?.replicas).toBe(2);
  expect(compose.services['room']?.deploy?.replicas).toBe(2);
});

test.each(['media-1', 'media-2'])('a worker of %s has the same ports inside and outside', (name) => {
  // Clients are told the inner ones.
  const { environment, ports } = compose.services[name]!;
  const first = Number(environment!['POLYROOM_MEDIA_PORT_BASE']);
  const range = `${first}-${first + Number(environment!['POLYROOM_MEDIA_WORKERS']) - 1}`;
  expect(ports).toEqual([`${range}:${range}/udp`, `${range}:${range}/tcp`]);
});

describe.each(composed)('%s', (_name, service) => {
  test('has a health check, and waits until what it needs is healthy', () => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
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

  test('mounts only files that exist', () => {
    const files = (service.volumes ?? [])
      .map((volume) => volume.split(':')[0]!)
      .filter((path) => path.startsWith('./'));
    expect(files.filter((file) => !pathExists(file))).toEqual([]);
  });
});

test('Redis keeps what it is given', () => {
  const command = compose.services['redis']!.command!.join(' ');
  expect(command).toContain('--appendonly yes');
  expect(command).toContain('--appendfsync everysec');
  expect(command).toContain('--maxmemory-policy noeviction');
});

test('every secret must be set by the operator, and the example names it without a value', () => {
  const required = [...text.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map((match) => match[1]!);
  expect(new Set(required).size).toBeGreaterThan(7);
  const example = readText('deploy/docker/env.example');
  required.forEach((name) => expect(example).toMatch(new RegExp(`^${name}=$`, 'm')));
  // A secret used without the guard would be empty in silence where its guarded use is taken away.
  const used = [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1]!);
  used.forEach((name) => expect(required).toContain(name));
});
