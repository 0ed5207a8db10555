import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComposedProject, type Instance, listInstances, readinessOf } from './composed.js';
import { Container } from './container.js';
import { type ImageRoot } from './image-roots.js';
import { Network } from './network.js';
import { type Recipe } from './recipe.js';
import { startStores } from './stores.js';

/** What to start, and where. */
export interface Plan {
  rootDir: string;
  /** A private folder for files of the cluster. */
  dir: string;
  project: ComposedProject;
  recipe: Recipe;
  roots: ImageRoot[];
  adminToken: string;
}

export interface RunningInstance extends Instance {
  container: Container;
  address: string;
  /** From the start of the process to a successful readiness probe. */
  readyMs: number;
  /** CPU time until then. */
  readyCpuMs: number;
}

const readyWithinMs = 60_000;

/** Every service of a Compose project, from the image roots, in the network namespace of this process. */
export class ComposedCluster {
  readonly instances: RunningInstance[] = [];
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly plan: Plan,
    private readonly onReady: (instance: RunningInstance) => void,
  ) {}

  /** Resolves when every container is ready; each is started when those that it depends on are. */
  static async start(plan: Plan, onReady: (instance: RunningInstance) => void): Promise<ComposedCluster> {
    const cluster = new ComposedCluster(plan, onReady);
    try {
      await cluster.open();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  of(service: string): RunningInstance[] {
    return this.instances.filter((instance) => instance.service === service);
  }

  /** Ends the containers, the last one first; returns those that do not end as they should. */
  async stop(): Promise<{ name: string; status: number | null; output: string }[]> {
    const failed = [];
    for (const { name, container } of this.instances.splice(0).reverse()) {
      const status = await container.stop();
      if (status !== 0) {
        failed.push({ name, status, output: container.output });
      }
    }
    return failed;
  }

  async close(): Promise<void> {
    await this.stop();
    for (const close of this.closers.splice(0).reverse()) {
      await close();
    }
  }

  private async open(): Promise<void> {
    const { rootDir, dir, project, recipe, roots } = this.plan;
    const network = await Network.create();
    const stores = await startStores(rootDir, dir, network.ownAddress, project);
    this.closers.push(() => stores.close());
    const planned = listInstances(project).map((instance) => ({
      ...instance,
      address: network.nextAddress(),
    }));
    const hostsFile = join(dir, 'hosts');
    await writeFile(hostsFile, describeHosts(network.ownAddress, planned));
    for (const instance of planned) {
      const composed = project.services[instance.composed]!;
      const container = await Container.start({
        rootDir,
        name: instance.name,
        root: roots.find(({ service }) => service === instance.service)!.dir,
        recipe,
        env: composed.environment ?? {},
        isReadOnly: composed.read_only ?? false,
        hostsFile,
        address: instance.address,
        network,
      });
      this.closers.push(() => container.stop());
      const { port, path } = readinessOf(composed);
      const url = `http://${instance.address}:${port}${path}`;
      const isReady = () => fetch(url).then(({ ok }) => ok);
      await container.until(isReady, readyWithinMs, 'to be ready');
      const readyMs = performance.now() - container.startedAtMs;
      const running = { ...instance, container, readyMs, readyCpuMs: container.cpuMs() };
      this.instances.push(running);
      this.onReady(running);
    }
  }
}

/** The names that an engine resolves: those of the stores, the services and their containers. */
function describeHosts(ownAddress: string, planned: (Instance & { address: string })[]): string {
  const names = new Map<string, string>();
  for (const { name, composed, address } of planned) {
    for (const each of [composed, name]) {
      names.set(each, names.get(each) ?? address);
    }
  }
  return [
    '127.0.0.1 localhost',
    `${ownAddress} postgres redis nats`,
    ...[...names].map(([name, address]) => `${address} ${name}`),
    '',
  ].join('\n');
}
