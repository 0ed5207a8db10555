import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@polyroom/testing';
import { type MonitoredProcess } from './cluster.js';
import { ManagedProcess, type ManagedProcessOptions } from './managed-process.js';

export interface PrometheusOptions {
  program: string;
  /** Has its configuration and its samples. */
  folder: string;
  monitored: MonitoredProcess[];
  ruleFiles: string[];
  port: number;
  /** Of scrapes and of the evaluation of rules. */
  intervalSeconds: number;
  process: Pick<ManagedProcessOptions, 'inheritFds' | 'onLog' | 'onEvent'>;
}

/** Programs that Debian and Grafana's own package install beside what is on PATH. */
const programDirs = ['/usr/bin', '/usr/sbin', '/usr/share/grafana/bin'];
const host = '127.0.0.1';
const startDeadlineMs = 30_000;

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(':'), ...programDirs]
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Starts Prometheus, which scrapes the processes with the labels that the rules expect. Does not wait until it answers. */
export async function startPrometheus(
  options: PrometheusOptions,
): Promise<{ process: ManagedProcess; url: string }> {
  const { program, folder, monitored, ruleFiles, port, intervalSeconds } = options;
  const configuration = {
    global: { scrape_interval: `${intervalSeconds}s`, evaluation_interval: `${intervalSeconds}s` },
    rule_files: ruleFiles,
    scrape_configs: [
      {
        job_name: 'polyroom',
        static_configs: monitored.map(({ name, app, url }) => ({
          targets: [new URL(url).host],
          labels: { app, instance: name },
        })),
      },
    ],
  };
  const file = join(folder, 'prometheus.yml');
  await mkdir(folder, { recursive: true });
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration, null, 2));
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    '--storage.tsdb.retention.time=7d',
    `--web.listen-address=${host}:${port}`,
  ];
  const started = ManagedProcess.start({
    name: 'prometheus',
    launch: () => ({ command: program, args, cwd: folder }),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    ...options.process,
  });
  return { process: started, url: `http://${host}:${port}` };
}

/** Resolves when the URL answers with success. */
export async function untilAnswers(url: string, name: string): Promise<void> {
  await waitFor(async () => (await fetch(url).catch(() => undefined))?.ok === true, {
    timeoutMs: startDeadlineMs,
    describe: `${name} to answer`,
  });
}
