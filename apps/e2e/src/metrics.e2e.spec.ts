import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseMetrics, type ParsedMetric } from './support/parse-metrics.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams } from './support/test-cluster.js';

const rootDir = join(fileURLToPath(import.meta.url), '..', '..', '..', '..');
/** Added to every histogram. */
const histogramSuffix = /_(bucket|sum|count)$/;
/** What Prometheus itself records. */
const recordedByPrometheus = new Set(['up', 'ALERTS']);

let cluster: SharedCluster;
/** The output of every process, by its name. */
const outputs = new Map<string, string>();

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  // Traffic, so that most metrics have samples with their labels.
  const app = await cluster.createApp({ multiRoom: true });
  const client = await cluster.connect(0);
  expect(await client.codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(0);
  const message = { roomId: 'tea', content: 'measured', clientMessageId: 'm1' };
  expect(await client.codeOf('message.broadcast', message)).toBe(0);
  for (const { name, url } of cluster.cluster.monitored) {
    const reply = await fetch(`${url}/metrics`);
    expect([name, reply.status]).toEqual([name, 200]);
    outputs.set(name, await reply.text());
  }
});
afterAll(() => cluster?.close());

/** Every metric of the cluster, with the labels of all its samples. */
function allMetrics(): Map<string, ParsedMetric> {
  const all = new Map<string, ParsedMetric>();
  for (const text of outputs.values()) {
    for (const metric of parseMetrics(text)) {
      const known = all.get(metric.name);
      all.set(metric.name, { ...metric, labels: new Set([...metric.labels, ...(known?.labels ?? [])]) });
    }
  }
  return all;
}

test('every process says which version it runs, and that its dependencies answer', () => {
  for (const { name, app } of cluster.cluster.monitored) {
    const text = outputs.get(name)!;
    expect(text).toMatch(
      new RegExp(`^polyroom_build_info{service="${app}",version="[0-9.]+",revision=""} 1$`, 'm'),
    );
    expect(text).toMatch(/^polyroom_dependency_up{dependency="\w+"} 1$/m);
    expect(text).not.toMatch(/^polyroom_dependency_up{.*} 0$/m);
  }
});

test('the time of a process at a scrape is the time of day', async () => {
  const beforeMs = Date.now();
  const text = await (await fetch(`${cluster.cluster.monitorUrlOf('gateway-1')}/metrics`)).text();
  const atMs = Number(/^polyroom_time_seconds (\S+)$/m.exec(text)![1]) * 1000;
  expect(atMs).toBeGreaterThanOrEqual(beforeMs);
  expect(atMs).toBeLessThanOrEqual(Date.now());
});

test('a login and a message are measured in every service that they pass', () => {
  const countOf = (process: string, series: string): number =>
    Number(
      outputs
        .get(process)!
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  const measured = [
    ['gateway-1', 'polyroom_gateway_request_duration_seconds_count{method="room.login"}'],
    ['gateway-1', 'polyroom_gateway_message_delay_seconds_count'],
    ['gateway-1', 'polyroom_http_request_duration_seconds_count{method="POST",route="/v1/apps"}'],
    ['gateway-1', 'polyroom_gateway_media_nodes'],
    ['room-1', 'polyroom_bus_request_duration_seconds_count{service="room",method="login"}'],
    ['room-1', 'polyroom_redis_command_duration_seconds_count{command="enter"}'],
    ['auth', 'polyroom_database_call_duration_seconds_count{repository="App",method="create"}'],
    ['media-1', 'polyroom_media_workers_configured{node="nd_1"}'],
  ];
  const unmeasured = measured.filter(([process, series]) => !(countOf(process!, series!) > 0));
  expect(unmeasured).toEqual([]);
  expect(outputs.get('room-1')).toMatch(
    /^polyroom_redis_memory_used_bytes{node="127\.0\.0\.1:\d+"} [1-9]\d+$/m,
  );
});

describe('names and types', () => {
  test('pass the lint of promtool', () => {
    for (const [name, text] of outputs) {
      const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect({ name, error, problems: `${stdout}${stderr}`, status }).toEqual({
        name,
        error: undefined,
        problems: '',
        status: 0,
      });
    }
  });

  test('are those of docs/metrics.md, and so are the labels', async () => {
    const page = await readFile(join(rootDir, 'docs', 'metrics.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|([^|]*)\|/gm)];
    const described = new Map(
      rows.map(([, name, type, labels]) => [
        name!,
        { type: type!, labels: labels!.split(/\W+/).filter(Boolean) },
      ]),
    );
    expect(described.size).toBe(rows.length);
    const found = allMetrics();
    expect([...described.keys()].sort()).toEqual([...found.keys()].sort());
    for (const [name, { type, labels }] of found) {
      const known = described.get(name)!;
      expect({ name, type: known.type }).toEqual({ name, type });
      expect({ name, undescribed: [...labels].filter((label) => !known.labels.includes(label)) }).toEqual({
        name,
        undescribed: [],
      });
    }
  });
});

describe('every metric exists that is used in', () => {
  const nameOf = (text: string): string[] => [
    ...new Set(text.match(/\b(polyroom_\w+|nodejs_\w+|process_\w+)\b/g) ?? []),
  ];

  function expectExisting(text: string): void {
    const found = allMetrics();
    const names = nameOf(text);
    expect(names.length).toBeGreaterThan(3);
    const unknown = names.filter((name) => {
      const base = name.replace(histogramSuffix, '');
      return !found.has(name) && found.get(base)?.type !== 'histogram' && !recordedByPrometheus.has(name);
    });
    expect(unknown).toEqual([]);
  }

  test('the rules', async () => {
    const folder = join(rootDir, 'deploy', 'prometheus', 'rules');
    for (const file of await readdir(folder)) {
      expectExisting(await readFile(join(folder, file), 'utf8'));
    }
  });

  test('the dashboards', async () => {
    const folder = join(rootDir, 'deploy', 'grafana', 'dashboards');
    for (const file of await readdir(folder)) {
      const { panels } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
        panels: { targets?: { expr: string }[] }[];
      };
      expectExisting(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n'));
    }
  });
});
