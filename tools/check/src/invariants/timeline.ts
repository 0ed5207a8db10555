/** From when until when something may take effect. */
export interface Effect {
  fromMs: number;
  untilMs: number;
  device: number;
}

/** Effects in the order of their beginning, searched by halves. */
export class Timeline {
  private readonly effects: Effect[] = [];
  private sorted = false;
  /** Per effect the latest end of it and all before it. */
  private latestUntil: number[] = [];
  /** Per effect the earliest end of it and all after it. */
  private earliestUntil: number[] = [];
  private readonly withoutDevice = new Map<number, Timeline>();

  add(effect: Effect): void {
    this.effects.push(effect);
    this.sorted = false;
    this.withoutDevice.clear();
  }

  /** The same without what one device did. */
  without(device: number): Timeline {
    let rest = this.withoutDevice.get(device);
    if (rest === undefined) {
      rest = new Timeline();
      this.effects.filter((effect) => effect.device !== device).forEach((effect) => rest!.add(effect));
      this.withoutDevice.set(device, rest);
    }
    return rest;
  }

  /** When the first of them may take effect on what was asked at the moment; the moment itself if it overlaps. */
  firstAfter(momentMs: number): number {
    this.sort();
    const index = this.indexFrom(momentMs);
    if (index > 0 && this.latestUntil[index - 1]! > momentMs) {
      return momentMs;
    }
    return this.effects[index]?.fromMs ?? Infinity;
  }

  /** When the first of those that begin after the moment has taken effect. */
  doneAfter(momentMs: number): number {
    this.sort();
    return this.earliestUntil[this.indexFrom(momentMs)] ?? Infinity;
  }

  /** The first effect that begins at the moment or later. */
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
    let latest = -Infinity;
    this.latestUntil = this.effects.map(({ untilMs }) => (latest = Math.max(latest, untilMs)));
    let earliest = Infinity;
    this.earliestUntil = new Array<number>(this.effects.length);
    for (let index = this.effects.length - 1; index >= 0; index--) {
      earliest = Math.min(earliest, this.effects[index]!.untilMs);
      this.earliestUntil[index] = earliest;
    }
  }
}

/** Timelines by a key. */
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
