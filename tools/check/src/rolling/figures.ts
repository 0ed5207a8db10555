import { LoadFigures, seconds } from '../load/load-figures.js';
import { percentile } from '../media/percentile.js';

export const maxGapP95Ms = 250;

/** One instance that was stopped and started again. */
export interface Restart {
  instance: string;
  /** From SIGTERM. */
  endedMs: number;
  /** From SIGTERM. */
  readyMs: number;
  /** The exit code, or the signal that ended it. */
  ended: number | string | null;
}

/** What users noticed while the instances of one service were restarted. */
export class ServiceFigures extends LoadFigures {
  readonly restarts: Restart[] = [];

  constructor(readonly service: string) {
    super();
  }

  /** Whether every goal is met. */
  get isRight(): boolean {
    return (
      this.isUnnoticed &&
      percentile(this.gapsMs, 0.95) <= maxGapP95Ms &&
      this.restarts.every(({ ended }) => ended === 0)
    );
  }

  describe(): string {
    const { restarts } = this;
    const longest = (all: number[]): string => seconds(Math.max(0, ...all));
    const badly = restarts.filter(({ ended }) => ended !== 0);
    return [
      `${this.service}: ${restarts.length} restarts`,
      ` (ended within ${longest(restarts.map(({ endedMs }) => endedMs))},`,
      ` ready within ${longest(restarts.map(({ readyMs }) => readyMs))})`,
      ...badly.map(({ ended, instance }) => `, ${instance} ENDED WITH ${ended}`),
      `; ${this.describeLogins()}; ${this.describeMessages()}; ${this.describeGaps()}`,
    ].join('');
  }
}
