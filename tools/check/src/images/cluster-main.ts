import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { publishAndPlay } from './client.js';
import { ComposedCluster, type Plan, type RunningInstance } from './composed-cluster.js';
import { describeFigures, findExcesses, type ImageFigures, inSeconds } from './report.js';

/** Runs in namespaces of its own for mounts and network. Usage: cluster-main.js PLAN, a file with a plan as JSON. */

/** Timers of the first seconds have run, and V8 has collected what the start left. */
const idleAfterMs = 15_000;
const noCapabilities = '0000000000000000';

const plan = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Plan;
const problems: string[] = [];
const log = (line: string): void => void process.stdout.write(`${line}\n`);

async function check(cluster: ComposedCluster): Promise<ImageFigures[]> {
  await sleep(idleAfterMs);
  const figures = plan.roots.map(({ service, bytes, serviceBytes }) => ({
    service,
    bytes,
    serviceBytes,
    readyMs: cluster.of(service).map(({ readyMs }) => readyMs),
    readyCpuMs: cluster.of(service).map(({ readyCpuMs }) => readyCpuMs),
    residentBytes: cluster.of(service).map(({ container }) => container.residentBytes()),
  }));
  for (const instance of cluster.instances) {
    await checkContainer(instance);
  }
  const [gateway] = cluster.of('gateway');
  const [page] = cluster.of('console');
  const { status } = await fetch(`http://${page!.address}:7080/`);
  log(`the page of the console: HTTP ${status}`);
  if (status !== 200) {
    problems.push(`the console answers its page with HTTP ${status}`);
  }
  const url = `http://${gateway!.address}:7080`;
  const frames = await publishAndPlay(plan.rootDir, plan.dir, url, plan.adminToken);
  log(`a client logs in and publishes, another one plays ${frames} frames`);
  if (frames === 0) {
    problems.push('the second client receives no frames');
  }
  return figures;
}

async function checkContainer({ name, composed, container }: RunningInstance): Promise<void> {
  const { uid, capabilities, hasNoNewPrivileges, isRootReadOnly } = container.confinement();
  if (uid !== plan.recipe.uid || capabilities !== noCapabilities || !hasNoNewPrivileges || !isRootReadOnly) {
    problems.push(`${name} is not confined: ${JSON.stringify(container.confinement())}`);
  }
  const [, ...healthCheck] = plan.project.services[composed]!.healthcheck!.test;
  await container.execute(healthCheck).catch((error: unknown) => {
    problems.push(`the health check of ${name} fails: ${String(error)}`);
  });
  // A native package that is not in the image costs speed and is not an error.
  if (container.output.includes('io_submit is not available')) {
    problems.push(`${name} cannot use io_submit`);
  }
}

const cluster = await ComposedCluster.start(plan, ({ name, readyMs, readyCpuMs }) =>
  log(`${name} is ready after ${inSeconds(readyMs)} s, ${inSeconds(readyCpuMs)} s of CPU time`),
);
try {
  const figures = await check(cluster);
  for (const { name, status, output } of await cluster.stop()) {
    problems.push(`${name} ends with status ${status} after SIGTERM: …${output.slice(-1000)}`);
  }
  problems.push(...findExcesses(figures));
  log(`\n${describeFigures(figures)}`);
} finally {
  await cluster.close();
}
problems.forEach((problem) => log(`WRONG: ${problem}`));
process.exit(problems.length === 0 ? 0 : 1);
