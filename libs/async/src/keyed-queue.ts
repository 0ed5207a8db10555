/**
 * Runs tasks of one key in sequence, and tasks of different keys concurrently. A task that fails does not affect
 * the next one. Not p-limit: a task of an idle key starts in the same tick, and an idle key keeps no memory.
 */
export class KeyedQueue<Key = string> {
  private readonly tails = new Map<Key, Promise<void>>();

  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const result = before === undefined ? work() : before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.tails.set(key, tail);
    void tail.then(() => {
      if (this.tails.get(key) === tail) {
        this.tails.delete(key);
      }
    });
    return result;
  }

  /** How many keys have a running task. */
  get size(): number {
    return this.tails.size;
  }
}
