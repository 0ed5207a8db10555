import { retry } from '@polyroom/async';
import { AppError } from '@polyroom/contracts';
import { extras } from 'mediasoup';
import { MediaWorker, type WorkerOptions } from './media-worker.js';
import { type ActiveSpeaker } from './active-speakers.js';

export interface WorkerPoolOptions extends WorkerOptions {
  workerCount: number;
}

export type WorkerPoolEvents = {
  /** A worker died with everything on it. Its replacement is starting. */
  workerDied: [worker: MediaWorker, error: Error];
  workerReplaced: [worker: MediaWorker];
  /** A replacement failed to start; it is retried. */
  replacementFailed: [error: unknown];
  speakersReported: [speakers: ActiveSpeaker[]];
};

const firstRetryDelayMs = 250;
const longestRetryDelayMs = 10_000;

/**
 * The workers of a node, supervised: a worker that dies is replaced in its slot, on its port. A listener that throws
 * is reported as `listenererror` and prevents nothing.
 */
export class WorkerPool extends extras.EnhancedEventEmitter<WorkerPoolEvents> {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<number, MediaWorker>();
  readonly #closing = new AbortController();
  readonly #starting = new Set<Promise<void>>();
  #closed = false;

  private constructor(options: WorkerPoolOptions) {
    super();
    this.#options = options;
  }

  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const slots = Array.from({ length: options.workerCount }, (_, slot) => slot);
    const results = await Promise.allSettled(slots.map((slot) => pool.#start(slot)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      await pool.close();
      throw failure.reason;
    }
    return pool;
  }

  /** The live workers. */
  get workers(): MediaWorker[] {
    return [...this.#workers.values()];
  }

  /** Returns the worker with the fewest sessions and counts one more immediately, so that a burst spreads. */
  anchor(): MediaWorker {
    const worker = this.workers
      .filter((candidate) => !candidate.closed)
      .sort((left, right) => left.sessions - right.sessions || left.slot - right.slot)[0];
    if (this.#closed || worker === undefined) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    }
    worker.sessions += 1;
    return worker;
  }

  /** Stops all workers and waits for their exit. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    await Promise.allSettled(this.#starting);
    const workers = this.workers;
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.close()));
  }

  async #start(slot: number): Promise<void> {
    const worker = await MediaWorker.create(slot, this.#options);
    if (this.#closed) {
      await worker.close();
      return;
    }
    if (worker.closed) {
      throw new Error(`worker ${worker.pid} died while it was starting`);
    }
    this.#workers.set(slot, worker);
    worker.speakers.onReport = (speakers) => void this.safeEmit('speakersReported', speakers);
    worker.onDied((error) => {
      this.#workers.delete(slot);
      this.safeEmit('workerDied', worker, error);
      this.#replace(slot);
    });
  }

  #replace(slot: number): void {
    if (this.#closed) {
      return;
    }
    const starting = retry(() => this.#start(slot), {
      firstDelayMs: firstRetryDelayMs,
      maxDelayMs: longestRetryDelayMs,
      signal: this.#closing.signal,
      ref: true,
      onFailure: (error) => this.safeEmit('replacementFailed', error),
    }).then(
      () => {
        const worker = this.#workers.get(slot);
        if (worker !== undefined) {
          this.safeEmit('workerReplaced', worker);
        }
      },
      // The pool is closed.
      () => undefined,
    );
    this.#starting.add(starting);
    void starting.finally(() => this.#starting.delete(starting));
  }
}
