import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrustedProxies } from '@polyroom/addresses';
import { findTypeProblems } from './kubernetes-types.js';
import {
  buildKustomization,
  buildText,
  buildWithComponent,
  hasKubectl,
  readSecretKeys,
  readSources,
} from './kustomize.js';
import {
  type Container,
  findRuleProblems,
  isWorkload,
  type Manifest,
  manifestSchema,
  toWorkload,
} from './manifest.js';
import {
  findVariables,
  listConfigurationVariables,
  listFiles,
  listServices,
  parseYaml,
  readText,
} from './repository.js';

const services = listServices();
const stores = ['postgres', 'redis', 'nats'];
const folders = ['base', 'infrastructure', 'overlays/dev', 'overlays/production'].map(
  (folder) => `deploy/k8s/${folder}`,
);
const baseSources = readSources('deploy/k8s/base');
const infrastructureSources = readSources('deploy/k8s/infrastructure');

function find(manifests: Manifest[], kind: string, name: string): Manifest | undefined {
  return manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

function containerOf(manifests: Manifest[], name: string): Container {
  const manifest = manifests.find((candidate) => isWorkload(candidate) && candidate.metadata.name === name);
  if (manifest === undefined) {
    throw new Error(`no Deployment or StatefulSet is named ${name}`);
  }
  return toWorkload(manifest).template.spec.containers[0]!;
}

test('every object below deploy is valid for Kubernetes and follows our rules', () => {
  // The chart's templates are not YAML before they are rendered (helm.spec.ts).
  const files = ['docker', 'k8s', 'nats', 'tls'].flatMap((name) =>
    listFiles(`deploy/${name}`, ['.yaml', '.yml']),
  );
  const manifests = files
    .flatMap((file) => parseYaml(readText(file)))
    .map((document) => manifestSchema.partial({ metadata: true }).parse(document))
    // Kustomize validates its own files, below.
    .filter((document): document is Manifest => !['Kustomization', 'Component'].includes(document.kind));
  expect(manifests.length).toBeGreaterThan(25);
  // The types have no custom resources: prometheus.spec.ts and ingress-routes.spec.ts check those.
  const custom = ['monitoring.coreos.com/', 'gateway.networking.k8s.io/'];
  const known = manifests.filter(({ apiVersion }) => !custom.some((group) => apiVersion.startsWith(group)));
  expect(findTypeProblems(known)).toEqual([]);
  expect(manifests.flatMap(findRuleProblems)).toEqual([]);
});

describe('the check refuses', () => {
  interface LooseContainer {
    lifecycle: { preStop: object };
    securityContext: object;
  }
  interface LooseSpec {
    replicas: unknown;
    selector?: unknown;
    template: { spec: { containers: [LooseContainer] } };
  }
  type Spoil = (spec: LooseSpec, container: LooseContainer) => object;

  test.each<[string, Spoil, string]>([
    [
      'an unknown field',
      (_spec, container) => Object.assign(container, { livenesProbe: {} }),
      'livenesProbe',
    ],
    [
      'an unknown field deep inside',
      (_spec, { lifecycle }) => Object.assign(lifecycle.preStop, { slep: {} }),
      'slep',
    ],
    ['a value of the wrong type', (spec) => Object.assign(spec, { replicas: '2' }), 'string'],
    [
      'an object without a required field',
      (spec) => Object.assign(spec, { selector: undefined }),
      'selector',
    ],
    [
      'a container with a writable root file system',
      (_spec, { securityContext }) => Object.assign(securityContext, { readOnlyRootFilesystem: false }),
      'readOnlyRootFilesystem',
    ],
  ])('%s', (_name, spoil, named) => {
    const gateway = structuredClone(find(baseSources, 'Deployment', 'gateway')!);
    const spec = gateway.spec as LooseSpec;
    spoil(spec, spec.template.spec.containers[0]);
    const problems = [...findTypeProblems([gateway]), ...findRuleProblems(gateway)];
    expect(problems.join()).toMatch(new RegExp(`^Deployment gateway: .*${named}`));
  });

  test('a kind or version that Kubernetes does not have', () => {
    const gateway = find(baseSources, 'Deployment', 'gateway')!;
    expect(findTypeProblems([{ ...gateway, kind: 'Deploymnt' }]).join()).toContain('Deploymnt');
    expect(findTypeProblems([{ ...gateway, apiVersion: 'apps/v7' }]).join()).toContain('apps/v7');
  });
});

/** Clients reach their HTTP port: probes and metrics have a port of their own. */
const edgeServices = ['gateway', 'interop', 'console'];

test.each(edgeServices)('probes and metrics of %s are on a port that clients cannot reach', (service) => {
  const { ports } = containerOf(baseSources, service);
  const monitorPort = ports.find(({ name }) => name === 'monitor')?.containerPort;
  const text = readText('deploy/k8s/base/kustomization.yaml');
  expect(text).toContain(`POLYROOM_MONITOR_PORT=${monitorPort}\n`);
  const { template } = find(baseSources, 'Deployment', service)!.spec as {
    template: { metadata: { annotations: Record<string, string> } };
  };
  expect(template.metadata.annotations['prometheus.io/port']).toBe(String(monitorPort));
  const exposed = find(baseSources, 'Service', service)?.spec as { ports: { targetPort: unknown }[] };
  expect(exposed.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  const policy = find(baseSources, 'NetworkPolicy', 'edge')?.spec as {
    ingress: { ports: { port: unknown }[] }[];
  };
  expect(policy.ingress.flatMap((rule) => rule.ports.map(({ port }) => port))).toEqual(['http']);
});

describe.each(services)('%s', (service) => {
  test('runs in the base, with a Service and both probes', () => {
    const container = containerOf(baseSources, service);
    expect(container.image).toBe(`polyroom/${service}`);
    const probes = edgeServices.includes(service) ? 'monitor' : 'http';
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: probes });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: probes });
    expect(container.ports.map((port) => port.name)).toContain('http');
    expect(find(baseSources, 'Service', service)).toBeDefined();
  });

  test('reads only variables that exist in the configuration', () => {
    const known = new Set(listConfigurationVariables());
    const used = findVariables(JSON.stringify(containerOf(baseSources, service).env));
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });
});

test('services with sockets, rooms or streams have a disruption budget', () => {
  for (const service of ['gateway', 'room', 'media']) {
    expect(find(baseSources, 'PodDisruptionBudget', service)).toBeDefined();
  }
});

test('media nodes use the host network, one node per machine, named after their pod', () => {
  const { template } = toWorkload(find(baseSources, 'StatefulSet', 'media')!);
  expect(template.spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
  expect(JSON.stringify(template.spec.affinity)).toContain('kubernetes.io/hostname');
  const env = new Map(template.spec.containers[0]!.env.map((variable) => [variable.name, variable]));
  expect(env.get('POLYROOM_NODE_ID')?.value).toBe('nd_$(POD_NAME)');
  expect(env.get('POD_IP')?.valueFrom?.fieldRef?.fieldPath).toBe('status.podIP');
  expect(env.get('POLYROOM_MEDIA_PIPE_ADDRESS')?.value).toBe('$(POD_IP)');
  const firstPort = Number(env.get('POLYROOM_MEDIA_PORT_BASE')?.value);
  // Two, so that one may end.
  expect(toWorkload(find(baseSources, 'StatefulSet', 'media')!).replicas).toBe(2);
  const [firstPipePort, lastPipePort] = env.get('POLYROOM_MEDIA_PIPE_PORTS')!.value!.split('-').map(Number);
  // Workers, as many as a large machine has cores, are apart from pipes, the kubelet, node ports and outgoing connections.
  expect(firstPort).toBeGreaterThan(10_259);
  expect(firstPort + 127).toBeLessThan(firstPipePort!);
  expect(lastPipePort).toBeLessThan(30_000);
});

test.each(stores)('%s is reached by our pods only, and keeps its data', (store) => {
  const policy = find(infrastructureSources, 'NetworkPolicy', store);
  const { ingress } = policy?.spec as { ingress: { from: unknown[] }[] };
  expect(ingress.length).toBe(1);
  expect(ingress[0]!.from.length).toBeGreaterThan(0);
  const workload = toWorkload(find(infrastructureSources, 'StatefulSet', store)!);
  expect(workload.volumeClaimTemplates).toHaveLength(1);
});

test('the namespace denies traffic that no policy allows', () => {
  expect(find(baseSources, 'NetworkPolicy', 'default-deny-ingress')?.spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress'],
  });
});

test('auth gets the key of its secrets, which it cannot start without', () => {
  const env = new Map(containerOf(baseSources, 'auth').env.map((variable) => [variable.name, variable]));
  expect(env.get('POLYROOM_SECRETS_KEY')?.valueFrom?.secretKeyRef).toEqual({
    name: 'polyroom-secrets',
    key: 'POLYROOM_SECRETS_KEY',
  });
});

test('an init container of auth brings the tables up to date', () => {
  const [init] = toWorkload(find(baseSources, 'Deployment', 'auth')!).template.spec.initContainers;
  const { args, image } = init as unknown as { args: string[]; image: string };
  expect({ command: args.at(-1), image }).toEqual({ command: 'migrate', image: 'polyroom/auth' });
  expect(init!.env.map(({ name }) => name)).toEqual(['DATABASE_URL', 'POLYROOM_SECRETS_KEY']);
});

test('gateways get the secret of the TURN servers if there is one', () => {
  const env = new Map(containerOf(baseSources, 'gateway').env.map((variable) => [variable.name, variable]));
  expect(env.get('POLYROOM_TURN_SECRET')?.valueFrom?.secretKeyRef).toEqual({
    name: 'polyroom-secrets',
    key: 'POLYROOM_TURN_SECRET',
    optional: true,
  });
});

test.each(['dev', 'production'])('the gateways of %s trust the ingress controller', (overlay) => {
  const text = readText(`deploy/k8s/overlays/${overlay}/kustomization.yaml`);
  const proxies = TrustedProxies.parse(/^ +- POLYROOM_TRUSTED_PROXIES=(.+)$/m.exec(text)?.[1] ?? '');
  expect(proxies.has('10.244.1.1')).toBe(true);
  expect(proxies.has('203.0.113.9')).toBe(false);
});

if (hasKubectl) {
  describe.each(folders)('kubectl kustomize %s', (folder) => {
    const built = buildKustomization(folder);

    test('builds objects without errors, all in one namespace', () => {
      expect(findTypeProblems(built)).toEqual([]);
      expect(built.flatMap(findRuleProblems)).toEqual([]);
      const namespaces = built
        .filter((manifest) => manifest.kind !== 'Namespace')
        .map((manifest) => manifest.metadata['namespace']);
      expect(new Set(namespaces)).toEqual(new Set(['polyroom']));
    });

    test('every ConfigMap that a pod names is created, under its final name', () => {
      const made = new Set(
        built.filter((manifest) => manifest.kind === 'ConfigMap').map((manifest) => manifest.metadata.name),
      );
      const named = built
        .filter(isWorkload)
        .flatMap((manifest) => toWorkload(manifest).template.spec)
        .flatMap((pod) => [
          ...pod.containers.flatMap((container) => container.envFrom.map((from) => from.configMapRef.name)),
          ...(pod.volumes ?? []).flatMap((volume) => volume.configMap?.name ?? []),
        ]);
      expect(named.filter((name) => !made.has(name))).toEqual([]);
    });
  });

  describe.each([
    ['base', 2],
    ['overlays/dev', 1],
    ['overlays/production', 7],
  ])('a media node of %s', (folder, workers) => {
    const container = containerOf(buildKustomization(`deploy/k8s/${folder}`), 'media');
    const env = new Map(container.env.map((variable) => [variable.name, variable]));

    test('has as many workers as it requests cores', () => {
      // Kubernetes rounds up to whole cores.
      expect(env.get('POLYROOM_MEDIA_WORKERS')).toEqual({
        name: 'POLYROOM_MEDIA_WORKERS',
        valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } },
      });
      expect(Math.ceil(toCores(container.resources.requests.cpu))).toBe(workers);
    });

    test('lists no port of a worker, because a list would not follow their number', () => {
      const firstPort = Number(env.get('POLYROOM_MEDIA_PORT_BASE')!.value);
      expect(container.ports.map((port) => port.name)).toEqual(['http']);
      expect(container.ports[0]!.containerPort).toBeLessThan(firstPort);
    });
  });

  test('a media node of production fits on its machine of eight cores, and its ports are in the documentation', () => {
    const container = containerOf(buildKustomization('deploy/k8s/overlays/production'), 'media');
    const cores = toCores(container.resources.requests.cpu);
    // Reserved by clouds and distributions for the kubelet and the system, 0.5 at most, and by the pods of
    // every machine: proxy, network, logs, metrics.
    expect(cores).toBeLessThanOrEqual(8 - 0.5 - 0.25);
    // A fraction would start one worker more than there are cores for.
    expect(cores).toBe(Math.trunc(cores));
    const firstPort = Number(
      container.env.find((variable) => variable.name === 'POLYROOM_MEDIA_PORT_BASE')!.value,
    );
    const lastPort = firstPort + cores - 1;
    expect(readText('docs/operations.md')).toContain(`${firstPort} to ${lastPort}`);
    expect(readText('docs/media.md')).toContain(`${cores} workers (${firstPort}–${lastPort})`);
    expect(readText('deploy/k8s/overlays/production/kustomization.yaml')).toContain(
      `${firstPort}-${lastPort}`,
    );
  });

  test('media nodes of production find their public addresses, and pipes stay inside', () => {
    const { env } = containerOf(buildKustomization('deploy/k8s/overlays/production'), 'media');
    const values = new Map(env.map(({ name, value }) => [name, value]));
    expect(values.get('POLYROOM_MEDIA_ANNOUNCED_ADDRESS')).toBe('metadata,$(POD_IP)');
    expect(values.get('POLYROOM_MEDIA_PIPE_ADDRESS')).toBe('$(POD_IP)');
  });

  test.each(folders)('every variable of %s that another one contains is defined before it', (folder) => {
    expect(findUndefinedVariables(buildKustomization(folder))).toEqual([]);
  });

  test('an init container gives media nodes the address of their machine', () => {
    const built = buildWithComponent('deploy/k8s/components/node-address');
    const { spec } = toWorkload(find(built, 'StatefulSet', 'media')!).template;
    const [init] = spec.initContainers;
    const [media] = spec.containers;
    const mountOf = (container: object) =>
      (container as { volumeMounts: { name: string; mountPath: string }[] }).volumeMounts;
    const announced = media!.env.find(({ name }) => name === 'POLYROOM_MEDIA_ANNOUNCED_ADDRESS');
    expect(announced?.value).toBe('file:/run/polyroom/address,$(POD_IP)');
    expect((init as unknown as { args: string[] }).args.at(-1)).toBe('/run/polyroom/address');
    expect(mountOf(init!).map(({ name }) => name)).toEqual(['address', 'api']);
    // The token is not for the process that faces clients.
    expect(mountOf(media!).map(({ name }) => name)).not.toContain('api');
    expect(findUndefinedVariables(built)).toEqual([]);
    expect(built.flatMap(findRuleProblems)).toEqual([]);
  });

  test.each([
    ['the dev overlay', () => buildKustomization('deploy/k8s/overlays/dev')],
    ['node-address on it', () => buildWithComponent('deploy/k8s/components/node-address')],
    ['tls on it', () => buildWithComponent('deploy/k8s/components/tls')],
  ])('no container of %s pulls an image that is on the machine only', (_name, build) => {
    const containers = build()
      .filter(isWorkload)
      .map((manifest) => toWorkload(manifest).template.spec)
      .flatMap((pod) => [...pod.initContainers, ...pod.containers]);
    const local = containers.filter(({ image }) => image.startsWith('polyroom/'));
    expect(local.map(({ name }) => name)).toEqual(expect.arrayContaining([...services, 'migrate']));
    const policies = local.map(({ imagePullPolicy, name }) => `${name} ${String(imagePullPolicy)}`);
    expect(policies).toEqual(local.map(({ name }) => `${name} IfNotPresent`));
  });

  const namedProduction = readText('deploy/k8s/overlays/production/kustomization.yaml')
    .replace('GATEWAY_HOST=gateway.polyroom.example', 'GATEWAY_HOST=rtc.example.org')
    .replace('CONSOLE_HOST=console.polyroom.example', 'CONSOLE_HOST=admin.example.org');

  test('the production overlay has its host names in one place', () => {
    const built = buildText(namedProduction, 'deploy/k8s/overlays/production');
    const { rules, tls } = find(built, 'Ingress', 'polyroom')!.spec as {
      rules: { host: string }[];
      tls: { hosts: string[] }[];
    };
    expect(rules.map(({ host }) => host)).toEqual(['rtc.example.org', 'admin.example.org']);
    expect(tls.flatMap(({ hosts }) => hosts)).toEqual(['rtc.example.org', 'admin.example.org']);
    const others = built.filter(({ kind }) => kind !== 'Ingress');
    expect(JSON.stringify(others)).not.toMatch(/(gateway|console)\.polyroom\.example/);
    const urls = containerOf(built, 'auth').env.flatMap(({ name, value }) =>
      name.endsWith('_URL') ? value : [],
    );
    expect(urls).toContain('https://$(GATEWAY_HOST)');
  });

  test('the routes of the Gateway API have the host names of the production overlay', () => {
    const text = `${namedProduction}\ncomponents: [../../components/gateway-api]\n`;
    const built = buildText(text, 'deploy/k8s/overlays/production');
    const hosts = ['gateway', 'console'].flatMap(
      (name) => (find(built, 'HTTPRoute', name)!.spec as { hostnames: string[] }).hostnames,
    );
    expect(hosts).toEqual(['rtc.example.org', 'admin.example.org']);
  });

  test('the base names the same hosts in the ConfigMap and in the Ingress', () => {
    const built = buildKustomization('deploy/k8s/base');
    const { rules } = find(built, 'Ingress', 'polyroom')!.spec as { rules: { host: string }[] };
    const config = built.find(({ kind }) => kind === 'ConfigMap')!.data!;
    expect(rules.map(({ host }) => host)).toEqual([config['GATEWAY_HOST'], config['CONSOLE_HOST']]);
  });

  test('kubectl refuses a kustomization with a field that kustomize does not know', () => {
    const folder = mkdtempSync(join(tmpdir(), 'polyroom-kustomization-'));
    const [kustomization] = parseYaml(readText('deploy/nats/kustomization.yaml')) as [object];
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      JSON.stringify({ ...kustomization, resoures: [], configMapGenerator: [] }),
    );
    expect(() => buildKustomization(folder)).toThrow('resoures');
    rmSync(folder, { recursive: true });
  });

  test('the dev overlay creates the Secret with every key that a pod names', () => {
    const built = buildKustomization('deploy/k8s/overlays/dev');
    const secret = built.find((manifest) => manifest.kind === 'Secret')!;
    const named = built
      .filter(isWorkload)
      .flatMap((manifest) => secretKeysOf(toWorkload(manifest).template.spec.containers[0]!));
    expect(new Set(named.map((key) => key.name))).toEqual(new Set([secret.metadata.name]));
    const needed = named.filter((key) => key.optional !== true);
    expect(needed.map((key) => key.key).filter((key) => !(key in secret.data!))).toEqual([]);
  });

  test('the production overlay scales by load, contains no secret, and its example lists every key', () => {
    const built = buildKustomization('deploy/k8s/overlays/production');
    expect(built.filter((manifest) => manifest.kind === 'Secret')).toEqual([]);
    const scaled = built
      .filter((manifest) => manifest.kind === 'HorizontalPodAutoscaler')
      .map((manifest) => manifest.metadata.name);
    expect(scaled.sort()).toEqual(['auth', 'gateway', 'interop', 'messaging', 'room']);
    for (const name of scaled) {
      // A number in the Deployment would undo the autoscaler's at every apply.
      expect(toWorkload(find(built, 'Deployment', name)!).replicas).toBeUndefined();
    }
    const example = readSecretKeys('deploy/k8s/overlays/production/secrets.example.env');
    const keys = built
      .filter(isWorkload)
      .flatMap((manifest) => secretKeysOf(toWorkload(manifest).template.spec.containers[0]!));
    expect(keys.length).toBeGreaterThan(5);
    keys.forEach(({ key }) => expect(example).toContain(key));
  });
} else {
  test('kubectl is not installed: the sources were checked, the overlays were not built', () => {
    folders.forEach((folder) => expect(readSources(folder).length).toBeGreaterThan(0));
  });
}

function toCores(cpu: string): number {
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
}

function secretKeysOf(container: Container): { name: string; key: string; optional?: boolean | undefined }[] {
  return container.env.flatMap((variable) => variable.valueFrom?.secretKeyRef ?? []);
}

/** References that Kubernetes leaves as they are, because the variable is defined later or not at all. */
function findUndefinedVariables(manifests: Manifest[]): string[] {
  // A ConfigMap comes before the variables of a container.
  const ofConfigMaps = manifests.flatMap(({ kind, data = {} }) =>
    kind === 'ConfigMap' ? Object.keys(data) : [],
  );
  return manifests.filter(isWorkload).flatMap((manifest) => {
    const [container] = toWorkload(manifest).template.spec.containers;
    const defined = new Set(container!.envFrom.length > 0 ? ofConfigMaps : []);
    return container!.env.flatMap(({ name, value = '' }) => {
      const missing = [...value.matchAll(/\$\((\w+)\)/g)].filter((match) => !defined.has(match[1]!));
      defined.add(name);
      return missing.map(([reference]) => `${manifest.metadata.name}: ${name} uses ${reference}`);
    });
  });
}
