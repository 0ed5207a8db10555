import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { buildWithComponent, hasKubectl } from './kustomize.js';
import { listFiles, listServices, parseYaml, readText, rootDir } from './repository.js';

/** The fields of the operator's resource that ours has, all of them of its version v1. */
const podMonitorSchema = z.strictObject({
  selector: z.strictObject({
    matchExpressions: z.array(
      z.strictObject({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }),
    ),
  }),
  podMetricsEndpoints: z.array(
    z.strictObject({
      port: z.string(),
      path: z.literal('/metrics'),
      interval: z.literal('15s'),
      relabelings: z.array(
        z.strictObject({
          targetLabel: z.string(),
          replacement: z.string().optional(),
          sourceLabels: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});

interface Rule {
  alert?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[];
}

const ruleFiles = listFiles('deploy/prometheus/rules', ['.yaml']);
const testFiles = listFiles('deploy/prometheus/tests', ['.yaml']);
const groups = ruleFiles.flatMap(
  (file) => (parseYaml(readText(file)) as [{ groups: { rules: Rule[] }[] }])[0].groups,
);
const alerts = groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
const alertNames = alerts.map(({ alert }) => alert!).sort();
const tests = testFiles
  .flatMap((file) => (parseYaml(readText(file)) as [{ tests: RuleTest[] }])[0].tests)
  .flatMap((each) => each.alert_rule_test);

function promtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: rootDir, encoding: 'utf8' });
  return { status, output: `${error?.message ?? ''}${stdout}${stderr}` };
}

test('promtool accepts the rules and the example of a configuration', () => {
  expect(promtool('check', 'rules', '--lint-fatal', ...ruleFiles)).toMatchObject({ status: 0 });
  expect(promtool('check', 'config', 'deploy/prometheus/prometheus.yml')).toMatchObject({ status: 0 });
});

test.each(testFiles)('the rules behave as %s says', (file) => {
  expect(promtool('test', 'rules', file)).toMatchObject({ status: 0 });
});

test('the expressions of the dashboards are valid', () => {
  const expressions = listFiles('deploy/grafana/dashboards', ['.json']).flatMap((file) => {
    const { panels } = JSON.parse(readText(file)) as { panels: { targets?: { expr: string }[] }[] };
    return panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
    );
  });
  expect(expressions.length).toBeGreaterThan(50);
  const folder = mkdtempSync(join(tmpdir(), 'polyroom-dashboards-'));
  const file = join(folder, 'rules.json');
  const rules = expressions.map((expr, index) => ({ record: `expression_${index}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
  try {
    expect(promtool('check', 'rules', file)).toMatchObject({ status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('every alert', () => {
  test('has a name of its own', () => {
    expect(alertNames.length).toBeGreaterThan(20);
    expect(alertNames).toEqual([...new Set(alertNames)]);
  });

  test('fires in a test, and is silent in one', () => {
    const fired = new Set(
      tests.filter(({ exp_alerts = [] }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
    );
    const silent = new Set(
      tests.filter(({ exp_alerts = [] }) => exp_alerts.length === 0).map(({ alertname }) => alertname),
    );
    expect([...fired].sort()).toEqual(alertNames);
    expect([...silent].sort()).toEqual(alertNames);
  });

  test('has a section among the runbooks that repeats its severity, and each such section has an alert', () => {
    const page = readText('docs/runbooks.md');
    const sections = [...page.matchAll(/^## (Polyroom\w+)\n\n(Page|Ticket)\. /gm)];
    expect(sections.map(([, name]) => name).sort()).toEqual(alertNames);
    expect(page.match(/^## Polyroom/gm)).toHaveLength(alertNames.length);
    const severities = new Map(sections.map(([, name, severity]) => [name, severity!.toLowerCase()]));
    for (const { alert, labels, annotations } of alerts) {
      expect({ alert, severity: labels?.['severity'] }).toEqual({ alert, severity: severities.get(alert) });
      expect(annotations?.['runbook_url']).toBe(`docs/runbooks.md#${alert!.toLowerCase()}`);
      expect(annotations?.['summary']).toMatch(/\.$/);
    }
  });

  test('has a runbook with its meaning, its effect on users, first commands and a cure', () => {
    for (const section of readText('docs/runbooks.md')
      .split(/^## (?=Polyroom)/m)
      .slice(1)) {
      const steps = [...section.matchAll(/^- \*\*([\w ]+)\*\*/gm)].map(([, step]) => step);
      expect([section.split('\n', 1)[0], steps]).toEqual([
        section.split('\n', 1)[0],
        ['Users notice', 'First', 'Cure'],
      ]);
    }
  });
});

test('the runbooks link to their own sections and to those of other pages', () => {
  const page = readText('docs/runbooks.md');
  for (const [, file, anchor] of page.matchAll(/\]\(([\w-]+\.md)?#([\w-]+)\)/g)) {
    const target = file === undefined ? page : readText(`docs/${file}`);
    const anchors = [...target.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect({ file, anchor, isThere: anchors.includes(anchor!) }).toEqual({ file, anchor, isThere: true });
  }
});

test('the example of a configuration scrapes every service', () => {
  const [config] = parseYaml(readText('deploy/prometheus/prometheus.yml')) as [
    { scrape_configs: { job_name: string }[] },
  ];
  expect(config.scrape_configs.map(({ job_name: name }) => name).sort()).toEqual(listServices().sort());
});

(hasKubectl ? test : test.skip)(
  'deploy/k8s/components/monitoring adds scrapes of every service, rules and dashboards',
  () => {
    const added = buildWithComponent('deploy/k8s/components/monitoring');
    const monitors = added.filter(({ kind }) => kind === 'PodMonitor');
    monitors.forEach(({ spec }) => podMonitorSchema.parse(spec));
    const selected = JSON.stringify(monitors.map(({ spec }) => spec));
    expect(listServices().filter((service) => !selected.includes(`"${service}"`))).toEqual([]);
    expect(added.find(({ kind }) => kind === 'PrometheusRule')?.spec).toEqual({ groups });
    const dashboards = added.find(({ metadata }) => metadata.name === 'polyroom-dashboards');
    expect(dashboards?.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(Object.keys(dashboards?.data ?? {}).map((name) => `deploy/grafana/dashboards/${name}`)).toEqual(
      listFiles('deploy/grafana/dashboards', ['.json']),
    );
  },
);
