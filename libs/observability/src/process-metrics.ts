import { X509Certificate } from 'node:crypto';
import { collectDefaultMetrics, Gauge, register } from 'prom-client';

/**
 * Sampling interval of the event-loop delay. Each sample wakes the process up: the library's default of 10 ms
 * costs 1% of a core in every idle process.
 */
const loopSampleIntervalMs = 100;

/** Gauges whose names end like those of counters. The same numbers by type, without the suffix, remain. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

const buildInfo = new Gauge({
  name: 'polyroom_build_info',
  help: 'The running version, as labels; always 1.',
  labelNames: ['service', 'version', 'revision'],
});
const time = new Gauge({
  name: 'polyroom_time_seconds',
  help: 'Time of day on the machine of the process, in Unix time at the scrape.',
});
const dependencyUp = new Gauge({
  name: 'polyroom_dependency_up',
  help: 'Whether a dependency of the process answers, checked at the scrape: 1 or 0.',
  labelNames: ['dependency'],
});
const certificateExpiry = new Gauge({
  name: 'polyroom_certificate_expiry_timestamp_seconds',
  help: 'When a certificate file of the process expires, in Unix time, by server (nats, redis) and file (ca, cert).',
  labelNames: ['server', 'file'],
});

/** Starts the metrics of Node.js; once per process, also if several applications run in it. */
export function collectProcessMetrics(): void {
  if (register.getSingleMetric('process_cpu_user_seconds_total') === undefined) {
    collectDefaultMetrics({ eventLoopMonitoringPrecision: loopSampleIntervalMs });
    misnamed.forEach((name) => register.removeSingleMetric(name));
  }
}

/** `revision` is the commit of the build; empty if it is unknown. */
export function showBuild(service: string, version: string, revision: string): void {
  buildInfo.set({ service, version, revision }, 1);
}

/** `results` are those of the health checks at this scrape, which began at `startMs`. */
export function showScrape(startMs: number, results: Readonly<Record<string, string>>): void {
  time.set(startMs / 1000);
  dependencyUp.reset();
  for (const [dependency, result] of Object.entries(results)) {
    dependencyUp.set({ dependency }, result === 'ok' ? 1 : 0);
  }
}

/** The files of a TLS client, as PEM. Of several certificates in a file, the first one is shown. */
export function showCertificates(server: 'nats' | 'redis', files: { ca?: string; cert?: string } = {}): void {
  for (const file of ['ca', 'cert'] as const) {
    const pem = files[file];
    if (pem !== undefined) {
      certificateExpiry.set({ server, file }, Date.parse(new X509Certificate(pem).validTo) / 1000);
    }
  }
}
