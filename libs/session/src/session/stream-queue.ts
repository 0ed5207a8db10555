import { KeyedQueue } from '@polyroom/async';

interface Batch {
  /** Resolves when the tasks may start. */
  readonly begun: Promise<void>;
  readonly tasks: Set<Promise<unknown>>;
}

/**
 * Runs the work on each stream in sequence. Tracks that are added one right after the other are the exception: they
 * run concurrently, as one step of the sequence.
 */
export class StreamQueue {
  private readonly queue = new KeyedQueue();
  /** The last step of a stream, if it is a batch that further tracks may join. */
  private readonly batches = new Map<string, Batch>();

  run<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    this.batches.delete(streamId);
    return this.queue.run(streamId, work);
  }

  runForTrack<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    const batch = this.batches.get(streamId) ?? this.addBatch(streamId);
    const task = batch.begun.then(work);
    batch.tasks.add(task);
    const forget = () => batch.tasks.delete(task);
    task.then(forget, forget);
    return task;
  }

  private addBatch(streamId: string): Batch {
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const batch: Batch = { begun, tasks: new Set() };
    this.batches.set(streamId, batch);
    void this.queue.run(streamId, async () => {
      begin();
      // Not before the first task is added, which follows this call.
      await begun;
      while (batch.tasks.size > 0) {
        await Promise.allSettled(batch.tasks);
      }
      if (this.batches.get(streamId) === batch) {
        this.batches.delete(streamId);
      }
    });
    return batch;
  }
}
