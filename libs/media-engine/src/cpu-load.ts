import { type MediaWorker } from './media-worker.js';

/** Turns the workers' CPU time into a load between two samples. Nothing runs in between. */
export class CpuLoad {
  /** Keyed by worker, so that a replacement starts from zero and a dead worker is collected. */
  readonly #last = new WeakMap<MediaWorker, { cpuMs: number; atMs: number }>();

  /** Mean share of a core that the workers used since the previous sample; 0 for the first one. */
  async sample(workers: readonly MediaWorker[]): Promise<number> {
    const shares = await Promise.all(workers.map((worker) => this.#shareOf(worker)));
    return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  async #shareOf(worker: MediaWorker): Promise<number> {
    const cpuMs = await worker.cpuTimeMs().catch(() => undefined);
    if (cpuMs === undefined) {
      // The worker died during the request; the pool replaces it.
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
