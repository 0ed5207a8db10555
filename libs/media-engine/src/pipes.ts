import { type MediaWorker } from './media-worker.js';
import { Pipe } from './pipe.js';
import { type Upstream } from './upstream.js';

/**
 * The streams piped between the routers of this node: one pipe per stream and target router. Below them
 * mediasoup keeps one pair of PipeTransports per pair of routers, created with the first pipe and kept while
 * both workers live, so at most one per other worker.
 */
export class Pipes {
  readonly #bySource = new Map<Upstream, Map<MediaWorker, Pipe>>();

  /** Returns the pipe to this worker, held for one more downlink. */
  hold(upstream: Upstream, target: MediaWorker): Pipe {
    let byTarget = this.#bySource.get(upstream);
    if (byTarget === undefined) {
      byTarget = new Map();
      this.#bySource.set(upstream, byTarget);
    }
    let pipe = byTarget.get(target);
    if (pipe === undefined) {
      pipe = new Pipe(upstream, target, () => this.#forget(upstream, target));
      byTarget.set(target, pipe);
    }
    pipe.hold();
    return pipe;
  }

  list(): Pipe[] {
    return [...this.#bySource.values()].flatMap((byTarget) => [...byTarget.values()]);
  }

  #forget(upstream: Upstream, target: MediaWorker): void {
    const byTarget = this.#bySource.get(upstream);
    byTarget?.delete(target);
    if (byTarget?.size === 0) {
      this.#bySource.delete(upstream);
    }
  }
}
