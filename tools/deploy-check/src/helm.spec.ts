import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findTypeProblems } from './kubernetes-types.js';
import { hasHelm, lintChart, renderChart } from './helm.js';
import { buildKustomization, buildWithComponent, hasKubectl } from './kustomize.js';
import { findRuleProblems, type Manifest } from './manifest.js';
import { listFiles, parseYaml, readText, rootDir } from './repository.js';

const production = ['--values', 'values.production.yaml'];

test('the version of the chart is the one of its application and of its schema', () => {
  const [chart] = parseYaml(readText('deploy/helm/Chart.yaml')) as [{ version: string; appVersion: string }];
  const [values] = parseYaml(readText('deploy/helm/values.yaml')) as [Record<string, unknown>];
  const schema = JSON.parse(readText('deploy/helm/values.schema.json')) as { properties: object };
  expect(chart.version).toBe(chart.appVersion);
  const described = Object.keys(schema.properties).filter((name) => name !== 'global');
  expect(described.sort()).toEqual(Object.keys(values).sort());
  expect(listFiles('deploy/helm/templates', ['.yaml']).length).toBeGreaterThan(3);
});

test.each([
  ['deploy/helm/dashboards', 'deploy/grafana/dashboards'],
  ['deploy/helm/rules', 'deploy/prometheus/rules'],
])('%s, which templates read, is %s', (link, folder) => {
  expect(realpathSync(join(rootDir, link))).toBe(realpathSync(join(rootDir, folder)));
});

if (hasHelm && hasKubectl) {
  describe.each([
    ['base', []],
    ['overlays/production', production],
  ])('the chart, compared with %s', (folder, args) => {
    const rendered = renderChart(...args);

    test('renders the same objects', () => {
      expect(toComparable(rendered)).toEqual(toComparable(buildKustomization(`deploy/k8s/${folder}`)));
    });

    test('renders valid objects that follow our rules', () => {
      expect(findTypeProblems(rendered)).toEqual([]);
      expect(rendered.flatMap(findRuleProblems)).toEqual([]);
      expect(() => lintChart(...args)).not.toThrow();
    });
  });

  test('a changed configuration restarts the pods', () => {
    const checksums = [[], ['--set', 'logLevel=debug']].map((args) =>
      JSON.stringify(renderChart(...args)).match(/"checksum\/config":"\w+"/g),
    );
    expect(checksums[0]).toHaveLength(9);
    expect(checksums[0]![0]).not.toBe(checksums[1]![0]);
  });

  test.each([
    ['services.gatway.replicas=2', 'gatway'],
    ['media.portBase=40000', 'portBase'],
    ['image.registry=registry.example', 'registry'],
    ['nats.scheme=http', 'scheme'],
    ['hosts.gateway=https://rtc.example.org', 'hosts'],
    ['monitoring.serviceMonitor.enabled=true', 'serviceMonitor'],
    ['monitoring.podMonitor.interval=often', 'interval'],
    ['gatewayApi.enabled=true', 'parentRefs'],
  ])('refuses the value %s by name', (value, name) => {
    expect(() => renderChart('--set', value)).toThrow(name);
  });

  test('leaves out what is switched off', () => {
    const kinds = renderChart('--set', 'ingress.enabled=false,networkPolicies.enabled=false').map(
      ({ kind }) => kind,
    );
    expect(kinds).not.toContain('Ingress');
    expect(kinds).not.toContain('NetworkPolicy');
  });

  test('adds the objects of components/monitoring on demand, and none of them by default', () => {
    const enabled = ['podMonitor', 'prometheusRule', 'dashboards'].map(
      (part) => `monitoring.${part}.enabled=true`,
    );
    const added = difference(renderChart('--set', enabled.join(',')), renderChart());
    const overlay = buildKustomization('deploy/k8s/overlays/dev');
    expect(added).toEqual(difference(buildWithComponent('deploy/k8s/components/monitoring'), overlay));
    expect(Object.keys(added)).toHaveLength(4);
  });

  test('has the routes of components/gateway-api instead of the Ingress on demand', () => {
    const values = 'ingress.enabled=false,gatewayApi.enabled=true,gatewayApi.parentRefs[0].name=polyroom';
    const [routes, built] = [
      renderChart('--set', values),
      buildWithComponent('deploy/k8s/components/gateway-api'),
    ].map((manifests) => toComparable(manifests.filter(({ kind }) => kind === 'HTTPRoute')));
    expect(routes).toEqual(built);
    expect(Object.keys(routes!)).toEqual(['HTTPRoute gateway', 'HTTPRoute console']);
  });

  test.each(['podMonitor', 'prometheusRule', 'dashboards'])('%s has the labels that select it', (part) => {
    const value = `monitoring.${part}.enabled=true,monitoring.${part}.labels.release=prometheus`;
    const added = Object.values(difference(renderChart('--set', value), renderChart())) as Manifest[];
    expect(added.length).toBeGreaterThan(0);
    for (const { metadata } of added) {
      expect(metadata.labels).toMatchObject({
        release: 'prometheus',
        'app.kubernetes.io/part-of': 'polyroom',
      });
    }
  });
} else {
  test('helm or kubectl is not installed: the chart was not compared with the kustomizations', () => {
    expect(readText('deploy/helm/values.yaml')).toContain('deploy/k8s/base');
  });
}

/**
 * By kind and name, without what differs by design: the namespace, which Helm does not create; the hash in the name of a
 * generated ConfigMap and the checksum in its place; the tag of images without a registry; the order of variables.
 */
function toComparable(manifests: Manifest[]): Record<string, unknown> {
  const entries = manifests
    .filter(({ kind }) => kind !== 'Namespace')
    .map((manifest) => {
      const text = JSON.stringify(manifest, (key, value: unknown) =>
        key === 'env' && Array.isArray(value) ? [...(value as { name: string }[])].sort(byName) : value,
      )
        .replaceAll(/polyroom-config-[a-z0-9]{10}/g, 'polyroom-config')
        .replaceAll(/"checksum\/config":"\w+",/g, '')
        .replaceAll(/"image":"(polyroom\/\w+):[^"]+"/g, '"image":"$1"');
      const comparable = JSON.parse(text) as Manifest;
      return [`${comparable.kind} ${comparable.metadata.name}`, comparable] as const;
    });
  return Object.fromEntries(entries);
}

/** What the first ones have and the others have not. */
function difference(manifests: Manifest[], others: Manifest[]): Record<string, unknown> {
  const known = toComparable(others);
  return Object.fromEntries(Object.entries(toComparable(manifests)).filter(([name]) => !(name in known)));
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
