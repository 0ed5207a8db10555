import { type Device, type Path } from './device.js';
import { type Operation } from './history.js';

/** Counts the operations by path, kind and outcome. */
export class Tally {
  readonly byPath = new Map<Path, number>();
  readonly byKind = new Map<string, number>();
  readonly byCode = new Map<number, number>();

  add(operation: Operation, device: Device): void {
    increment(this.byPath, device.path);
    increment(this.byKind, operation.kind);
    increment(this.byCode, operation.code);
  }

  of(path: Path): number {
    return this.byPath.get(path) ?? 0;
  }

  get total(): number {
    return [...this.byPath.values()].reduce((sum, count) => sum + count, 0);
  }

  get text(): string {
    const list = (counts: Map<string | number, number>): string =>
      [...counts]
        .sort((left, right) => right[1] - left[1])
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    return [
      `by path: ${list(this.byPath)}`,
      `by kind: ${list(this.byKind)}`,
      `by answer: ${list(this.byCode)}`,
    ].join('\n  ');
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
