import { type MediaWorker } from './media-worker.js';

/** Turns the CPU time of the workers into a load, from one sample to the next. Nothing runs in between. */
export class CpuLoad {
  /** Keyed by worker, so that a replaced one starts anew and a dead one is forgotten. */
  readonly #last = new WeakMap<MediaWorker, { cpuMs: number; atMs: number }>();

  /** The mean share of a core that the workers have used since the sample before: 0 at first. */
  async sample(workers: readonly MediaWorker[]): Promise<number> {
    const shares = await Promise.all(workers.map((worker) => this.#shareOf(worker)));
    return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  async #shareOf(worker: MediaWorker): Promise<number> {
    const cpuMs = await worker.cpuTimeMs().catch(() => undefined);
    if (cpuMs === undefined) {
      // It died while it was asked; the pool replaces it.
      return 0;
    }
    const atMs = performance.now();
    const last = this.#last.get(worker);
    this.#last.set(worker, { cpuMs, atMs });
    if (last === undefined || atMs <= last.atMs) {
      return 0;
    }
    return Math.max(0, (cpuMs - last.cpuMs) / (atMs - last.atMs));
  }
}
