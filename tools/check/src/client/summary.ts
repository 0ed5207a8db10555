import { type SequenceResult } from './sequence.js';

/** The results of all sequences. */
export class Summary {
  readonly violations: string[] = [];
  private sequences = 0;
  private readonly calls = new Map<string, { done: number; refused: number }>();
  private readonly refusals = new Map<string, number>();
  private readonly faults = new Map<string, number>();
  private readonly equalAfterMs: number[] = [];

  add(number: number, { calls, equalAfterMs, faults, violations }: SequenceResult): void {
    this.sequences += 1;
    this.equalAfterMs.push(equalAfterMs);
    violations.forEach((text) => this.addViolation(`sequence ${number}`, text));
    for (const { errorName, kind } of calls) {
      const counts = this.calls.get(kind) ?? { done: 0, refused: 0 };
      counts[errorName === undefined ? 'done' : 'refused'] += 1;
      this.calls.set(kind, counts);
      if (errorName !== undefined) {
        count(this.refusals, `${kind} ${errorName}`);
      }
    }
    faults.forEach((kind) => count(this.faults, kind));
  }

  addViolation(where: string, text: string): void {
    this.violations.push(`${where}: ${text}`);
  }

  progress(total: number): string {
    return `${this.sequences} of ${total} sequences, ${this.violations.length} violations`;
  }

  describe(): string {
    const times = [...this.equalAfterMs].sort((one, other) => one - other);
    const ofAll = (share: number): string =>
      `${Math.round(times[Math.floor((times.length - 1) * share)] ?? 0)} ms`;
    return [
      `${this.sequences} sequences, ${this.violations.length} violations`,
      `  calls (done/refused): ${[...this.calls].map(([kind, { done, refused }]) => `${kind} ${done}/${refused}`).join(', ')}`,
      `  refusals: ${describeCounts(this.refusals)}`,
      `  faults: ${describeCounts(this.faults)}`,
      `  views equal after: median ${ofAll(0.5)}, 95 % ${ofAll(0.95)}, longest ${ofAll(1)}`,
      ...this.violations.map((text) => `  ${text}`),
    ].join('\n');
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function describeCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ');
}
