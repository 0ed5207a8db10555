import { LoadFigures, seconds } from '../load/load-figures.js';
import { percentile } from '../media/percentile.js';
import { type Direction } from './network.js';
import { type Target } from './options.js';

/** After healing. */
export const convergesWithinMs = 6000;
export const maxGapP95Ms = 250;
const stores: readonly Target[] = ['redis', 'nats'];
const mostShown = 4;

const words: Record<Direction, string> = {
  both: 'cut off',
  in: 'cut off from what is sent to it',
  out: 'cut off with what it sends',
};

/** What users on the healthy side noticed of one cut, and how long the rest took to follow. */
export class CutFigures extends LoadFigures {
  /** What broke a rule of rooms, or how lists and counts of rooms differed. */
  readonly violations: string[] = [];
  /** Reads of rooms through the healthy gateway that failed, by their errors. */
  readonly failedReads: string[] = [];
  reads = 0;
  /** Of viewers on the media node that was cut off: until they had a frame from the other one. */
  movedMs: number | undefined;
  /** From healing until each part worked as before; undefined if it did not. */
  readonly convergedMs = new Map<string, number | undefined>();

  constructor(
    readonly target: Target,
    readonly direction: Direction,
  ) {
    super();
  }

  get isStore(): boolean {
    return stores.includes(this.target);
  }

  /** Failures that do not say that the same login may succeed later. */
  get unclear(): string[] {
    return this.logins.flatMap(({ failure, isClear }) =>
      failure !== undefined && isClear === false ? [failure] : [],
    );
  }

  get isConverged(): boolean {
    return [...this.convergedMs.values()].every((ms) => ms !== undefined && ms <= convergesWithinMs);
  }

  get isRight(): boolean {
    const isUntouched = this.isStore
      ? this.areMessagesRight && this.unclear.length === 0
      : this.isUnnoticed && this.failedReads.length === 0;
    return (
      isUntouched &&
      this.isConverged &&
      this.violations.length === 0 &&
      percentile(this.gapsMs, 0.95) <= maxGapP95Ms
    );
  }

  describe(): string {
    const { failedReads, movedMs, unclear, violations } = this;
    const parts = [
      ...(this.isStore
        ? [`${this.describeLogins()}, ${unclear.length} of them without a clear error`]
        : [this.describeLogins()]),
      this.describeMessages(),
      `${this.reads} reads of rooms, ${failedReads.length} failed`,
      `${violations.length} violations ${violations.slice(0, mostShown).join('; ')}`.trim(),
      this.describeGaps(),
      ...(movedMs === undefined ? [] : [`viewers of the node saw the other one after ${seconds(movedMs)}`]),
      `converged: ${[...this.convergedMs].map(([part, ms]) => `${part} ${ms === undefined ? 'NOT' : seconds(ms)}`).join(', ')}`,
    ];
    return `${this.target} ${words[this.direction]}: ${parts.join('; ')}`;
  }
}
