import { type CheckedUser, findLoss, type Operation, type RedisFault } from './history.js';
import { type Timeline, Timelines } from './timeline.js';

/** The time in which a device is in a room. */
export interface Span {
  fromMs: number;
  toMs: number;
  login: Operation;
}

export interface Timing {
  graceMs: number;
  leaseMs: number;
  /**
   * How long after its call an operation without an answer may still take effect, with the retries of the services; 20 s
   * by default.
   */
  lateEffectMs?: number;
}

const defaultLateEffectMs = 20_000;
/** How long the cleanup of a lost connection may take, beyond its grace and a lease. */
const cleanUpMs = 22_000;
/** The clocks of Redis and of this process differ slightly. */
const clockSlackMs = 20;

/** Codes of refusals that never took a place, not even for a moment. */
const refusedAtOnce = new Set([1002001, 1002018, 1002036, 1002037, 1002064, 1002086]);
/** Those of them that are decided before other devices are evicted. */
const refusedBeforeEviction = new Set([1002036, 1002086]);

/**
 * Derives from the operations when a device was certainly in a room, in whichever order overlapping calls
 * took effect, and when it may have been.
 */
export class Spans {
  /** What may end a login, and what certainly ends it; by device, by device and room, and for all logins. */
  private readonly mayEnd = new Timelines();
  private readonly ends = new Timelines();
  /** Per device, when its connection was cut. It sends nothing afterwards. */
  private readonly cutAtMs = new Map<number, number>();
  private readonly lateEffectMs: number;

  constructor(
    private readonly user: CheckedUser,
    private readonly operations: readonly Operation[],
    private readonly redisFaults: readonly RedisFault[],
    private readonly timing: Timing,
  ) {
    this.lateEffectMs = timing.lateEffectMs ?? defaultLateEffectMs;
    operations.forEach((operation) => this.enter(operation));
  }

  /** Spans in which the login certainly holds. */
  certain(): Span[] {
    const spans: Span[] = [];
    for (const login of this.operations) {
      if (login.kind !== 'login' || login.outcome !== 'ok' || findLoss(login, this.redisFaults)) {
        continue;
      }
      const cutAtMs = this.cutAtMs.get(login.device) ?? Infinity;
      const toMs = Math.min(
        cutAtMs + this.timing.graceMs - clockSlackMs,
        this.earliest(this.mayEnd, login, (timeline, except) => timeline.firstAfter(login.invokedMs, except)),
      );
      if (toMs > login.respondedMs) {
        spans.push({ fromMs: login.respondedMs, toMs, login });
      }
    }
    return spans;
  }

  /** Spans outside of which the login holds no place. */
  possible(): Span[] {
    const spans: Span[] = [];
    for (const login of this.operations) {
      if (login.kind !== 'login') {
        continue;
      }
      if (login.outcome === 'refused') {
        if (!refusedAtOnce.has(login.code)) {
          spans.push({ fromMs: login.invokedMs, toMs: login.respondedMs, login });
        }
        continue;
      }
      const settledMs = login.outcome === 'ok' ? login.respondedMs : login.invokedMs + this.lateEffectMs;
      const { graceMs, leaseMs } = this.timing;
      const cutAtMs = this.cutAtMs.get(login.device) ?? Infinity;
      const toMs = Math.min(
        Math.max(settledMs, cutAtMs) + graceMs + leaseMs + cleanUpMs,
        this.earliest(this.ends, login, (timeline, except) => timeline.doneAfter(settledMs, except)),
      );
      spans.push({ fromMs: login.invokedMs, toMs, login });
    }
    return spans;
  }

  /** When what the operation ended has certainly ended: cleanup repeats an end that Redis may have lost. */
  private endedMs(operation: Operation): number {
    const loss = findLoss(operation, this.redisFaults);
    const { graceMs, leaseMs } = this.timing;
    return loss === undefined ? operation.respondedMs : loss.toMs + graceMs + leaseMs + cleanUpMs;
  }

  /** Queries all timelines that concern a login, and returns the earliest time. */
  private earliest(
    timelines: Timelines,
    { device, roomId }: Operation,
    ask: (timeline: Timeline, exceptDevice?: number) => number,
  ): number {
    const own = [timelines.find(`${device}/${roomId}`), timelines.find(`${device}`)];
    const others = this.user.policy === 'kickOld' ? timelines.find('logins') : undefined;
    return Math.min(
      ...own.map((timeline) => (timeline === undefined ? Infinity : ask(timeline))),
      others === undefined ? Infinity : ask(others, device),
    );
  }

  private enter(operation: Operation): void {
    const { kind, device, roomId, outcome, code, invokedMs, respondedMs } = operation;
    if (kind === 'cut') {
      this.cutAtMs.set(device, Math.min(invokedMs, this.cutAtMs.get(device) ?? Infinity));
      return;
    }
    const untilMs = outcome === 'unknown' ? invokedMs + this.lateEffectMs : respondedMs;
    const effect = { fromMs: invokedMs, untilMs, device };
    const certainly = { ...effect, untilMs: this.endedMs(operation) };
    if (kind === 'login') {
      // A refused login evicts other devices too, unless it was refused before that step.
      if (!refusedBeforeEviction.has(code)) {
        this.mayEnd.add('logins', effect);
      }
      if (outcome === 'ok') {
        this.ends.add('logins', certainly);
      } else if (outcome === 'unknown') {
        // The caller that timed out undoes it.
        this.mayEnd.add(`${device}/${roomId}`, effect);
      }
    } else if (outcome !== 'refused') {
      const key = kind === 'end' ? `${device}` : `${device}/${roomId}`;
      this.mayEnd.add(key, effect);
      if (outcome === 'ok') {
        this.ends.add(key, certainly);
      }
    }
  }
}
