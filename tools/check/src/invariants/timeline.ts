/** The time in which an operation may take effect. */
export interface Effect {
  fromMs: number;
  untilMs: number;
  device: number;
}

/** The best end of some effects, and the best end among other devices than the one of that effect. */
interface Best {
  untilMs: number;
  device: number;
  otherUntilMs: number;
}

/** Effects ordered by start, searched by bisection; those of one device can be excluded. */
export class Timeline {
  private readonly effects: Effect[] = [];
  private sorted = false;
  /** Per effect, the latest end up to and including it. */
  private latest: Best[] = [];
  /** Per effect, the earliest end from it on. */
  private earliest: Best[] = [];

  add(effect: Effect): void {
    this.effects.push(effect);
    this.sorted = false;
  }

  /**
   * The earliest time at which an effect may apply after the moment; the moment itself if one overlaps it.
   */
  firstAfter(momentMs: number, exceptDevice?: number): number {
    this.sort();
    let index = this.indexFrom(momentMs);
    if (index > 0 && bestOf(this.latest[index - 1]!, exceptDevice) > momentMs) {
      return momentMs;
    }
    while (this.effects[index] !== undefined && this.effects[index]!.device === exceptDevice) {
      index += 1;
    }
    return this.effects[index]?.fromMs ?? Infinity;
  }

  /** When the first of those that begin after the moment has certainly taken effect. */
  doneAfter(momentMs: number, exceptDevice?: number): number {
    this.sort();
    const best = this.earliest[this.indexFrom(momentMs)];
    return best === undefined ? Infinity : bestOf(best, exceptDevice);
  }

  /** Index of the first effect that begins at the moment or later. */
  private indexFrom(momentMs: number): number {
    let low = 0;
    let high = this.effects.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.effects[middle]!.fromMs < momentMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private sort(): void {
    if (this.sorted) {
      return;
    }
    this.sorted = true;
    this.effects.sort((left, right) => left.fromMs - right.fromMs);
    const isLater = (left: number, right: number): boolean => left > right;
    const isEarlier = (left: number, right: number): boolean => left < right;
    this.latest = runningBest(this.effects, -Infinity, isLater);
    this.earliest = runningBest([...this.effects].reverse(), Infinity, isEarlier).reverse();
  }
}

function bestOf(best: Best, exceptDevice: number | undefined): number {
  return best.device === exceptDevice ? best.otherUntilMs : best.untilMs;
}

function runningBest(
  effects: readonly Effect[],
  worst: number,
  isBetter: (left: number, right: number) => boolean,
): Best[] {
  let best: Best = { untilMs: worst, device: NaN, otherUntilMs: worst };
  return effects.map(({ untilMs, device }) => {
    if (device === best.device) {
      best = isBetter(untilMs, best.untilMs) ? { ...best, untilMs } : best;
    } else if (isBetter(untilMs, best.untilMs)) {
      best = { untilMs, device, otherUntilMs: best.untilMs };
    } else if (isBetter(untilMs, best.otherUntilMs)) {
      best = { ...best, otherUntilMs: untilMs };
    }
    return best;
  });
}

/** Timelines by key. */
export class Timelines {
  private readonly byKey = new Map<string, Timeline>();

  add(key: string, effect: Effect): void {
    let timeline = this.byKey.get(key);
    if (timeline === undefined) {
      timeline = new Timeline();
      this.byKey.set(key, timeline);
    }
    timeline.add(effect);
  }

  find(key: string): Timeline | undefined {
    return this.byKey.get(key);
  }
}
