import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { type Ledger, type Verdict } from './ledger.js';

/** A member of a room that sends messages. */
export interface Speaker {
  readonly isReady: boolean;
  say(): Promise<void>;
  close(): void;
}

export interface Fault {
  name: string;
  kill: () => Promise<void> | void;
}

export interface TrafficOptions {
  ledger: Ledger;
  speakers: Speaker[];
  faults: Fault[];
  messages: number;
  perSecond: number;
  kills: number;
  killEveryMs: number;
  maxMs: number;
  log: (line: string) => void;
}

/**
 * Messages of one speaker that may be in flight; a disconnected speaker catches up with the schedule later.
 */
const maxInFlight = 20;
const settleMs = 40_000;

/** Speakers that send in turn, on a schedule. */
export class Schedule {
  private scheduled = 0;
  private readonly inFlight: number[];

  constructor(
    private readonly speakers: readonly Speaker[],
    private readonly perSecond: number,
  ) {
    this.inFlight = speakers.map(() => 0);
  }

  /** Sends what is due after this time since the first message. */
  send(elapsedMs: number): void {
    const { inFlight, perSecond, speakers } = this;
    const due = Math.floor((elapsedMs / 1000) * perSecond);
    for (; this.scheduled < due; this.scheduled++) {
      const index = this.scheduled % speakers.length;
      if (inFlight[index]! < maxInFlight) {
        inFlight[index]!++;
        void speakers[index]!.say().then(() => inFlight[index]!--);
      }
    }
  }

  /** Returns when every message is settled and every receiver has caught up, or no longer makes progress. */
  async settle(ledger: Ledger): Promise<void> {
    const quietAtMs = performance.now();
    for (let last = -1; performance.now() - quietAtMs < settleMs;) {
      const isSettled =
        this.inFlight.every((count) => count === 0) && this.speakers.every((speaker) => speaker.isReady);
      const { deliveries, lost } = ledger.verdict;
      // If a message is lost permanently, the count of deliveries stops growing.
      if (isSettled && (lost === 0 || deliveries === last)) {
        break;
      }
      last = deliveries;
      await sleep(1500);
    }
  }
}

/**
 * All speakers send on a schedule while one process after the other is killed; afterwards no message is sent
 * until every message is settled and every receiver has caught up.
 */
export async function runTraffic(
  options: TrafficOptions,
): Promise<Verdict & { kills: Map<string, number>; seconds: number }> {
  const { ledger, speakers, faults, log } = options;
  await waitFor(() => speakers.every((speaker) => speaker.isReady), {
    timeoutMs: 60_000,
    describe: 'all members to be in their rooms',
  });
  const startedAtMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedAtMs;
  const kills = new Map<string, number>();
  const schedule = new Schedule(speakers, options.perSecond);
  let killed = 0;
  let nextLogMs = 10_000;
  while (elapsedMs() < options.maxMs && (ledger.acknowledged < options.messages || killed < options.kills)) {
    schedule.send(elapsedMs());
    if (elapsedMs() > (killed + 1) * options.killEveryMs && killed < options.kills) {
      const { name, kill } = faults[killed % faults.length]!;
      killed++;
      kills.set(name, (kills.get(name) ?? 0) + 1);
      void kill();
    }
    if (elapsedMs() > nextLogMs) {
      nextLogMs += 10_000;
      const ready = speakers.filter((speaker) => speaker.isReady).length;
      log(`${ledger.acknowledged} acknowledged, ${killed} kills, ${ready} of ${speakers.length} in`);
    }
    await sleep(5);
  }
  const seconds = elapsedMs() / 1000;
  log(`${ledger.acknowledged} acknowledged in ${seconds.toFixed(0)} s; waiting for messages in flight`);
  await schedule.settle(ledger);
  return { ...ledger.verdict, kills, seconds };
}
