import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';

/** What is counted, in the order of the keys of the commands. */
export const countedOfLogin = ['users', 'rooms', 'sessions', 'interop'] as const;
export type Counted = (typeof countedOfLogin)[number];

/** One count of a room, user or session. A later count of the same has another stamp. */
export interface Count {
  what: Counted;
  id: string;
  stamp: string;
}

/** What a login counts: IDs and limits. A limit of 0 is not counted, nor is an ID that is omitted. */
export interface LoginCount {
  loginsPerSecond: number;
  limits: { [What in Counted]?: { id: string; most: number } };
}

/** Logins are counted by the second. */
const rateWindowMs = 5000;
/** Accepted logins are counted together after this time. */
const flushAfterMs = 50;
/** An older number of counted users, rooms and sessions is not relied on. */
const freshMs = 10_000;
/**
 * The part of what a limit leaves free that one process accepts before it counts: with so many instances the limit
 * holds, and close to it every login is counted first.
 */
const uncountedPart = 16;

/** The counts of an AppID as this process knows them. */
interface Ledger {
  /** Of the last reply. */
  known: { atMs: number; second: number; logins: number; totals: Record<Counted, number> } | undefined;
  batch: Batch | undefined;
  /** A batch is sent and not answered: what is counted is not known. */
  isSending: boolean;
}

/** Accepted logins that are not counted yet. */
interface Batch {
  logins: number;
  ids: Record<Counted, Set<string>>;
  /** Of their counts, when they are counted. */
  stamp: Promise<string>;
  /** Counts them now. */
  send: () => void;
}

/**
 * Counts the logins of AppIDs. While an AppID is far from its limits, a login is accepted at once, and counted with
 * the others of the next milliseconds in one command: it costs no round trip and hardly any command.
 */
export class LoginCounter {
  private readonly ledgers = new Map<number, Ledger>();
  private prunedAtMs = 0;

  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /**
   * Counts a login against all limits atomically, or later with others if it is far from them. Returns what is new,
   * or the limit that is reached.
   */
  async count(
    appId: number,
    login: LoginCount,
    nowMs: number,
  ): Promise<{ added: () => Promise<Count[]> } | { reached: Counted | 'logins' }> {
    const ledger = this.ledgerOf(appId, nowMs);
    if (!isFarFromLimits(ledger, login, nowMs)) {
      return this.countNow(appId, ledger, login, nowMs);
    }
    ledger.batch ??= this.openBatch(appId, ledger);
    const { batch } = ledger;
    batch.logins += 1;
    const ids = countedOfLogin.flatMap((what) => {
      const { id = '', most = 0 } = login.limits[what] ?? {};
      if (most === 0) {
        return [];
      }
      batch.ids[what].add(id);
      return [{ what, id }];
    });
    return {
      added: async () => {
        const stamp = await batch.stamp;
        return ids.map((count) => ({ ...count, stamp }));
      },
    };
  }

  /** The entity has ended: it must not be counted later. */
  forget(appId: number, what: Counted, id: string): void {
    this.ledgers.get(appId)?.batch?.ids[what].delete(id);
  }

  private async countNow(
    appId: number,
    ledger: Ledger,
    { loginsPerSecond, limits }: LoginCount,
    nowMs: number,
  ): Promise<{ added: () => Promise<Count[]> } | { reached: Counted | 'logins' }> {
    // First, so that the limits hold for the accepted ones, too.
    ledger.batch?.send();
    const [isReached, first, ...numbers] = (await this.commands.run('countLogin', this.keysOf(appId, nowMs), [
      loginsPerSecond,
      rateWindowMs,
      ...countedOfLogin.flatMap((what) => [limits[what]?.id ?? '', limits[what]?.most ?? 0]),
    ])) as [number, string | number, ...number[]];
    if (isReached === 1) {
      return { reached: countedOfLogin[Number(first) - 2] ?? 'logins' };
    }
    learn(ledger, numbers.slice(countedOfLogin.length), nowMs);
    const added = countedOfLogin.flatMap((what, index) =>
      numbers[index] === 1 ? [{ what, id: limits[what]!.id, stamp: String(first) }] : [],
    );
    return { added: () => Promise.resolve(added) };
  }

  private openBatch(appId: number, ledger: Ledger): Batch {
    let resolve: (stamp: Promise<string>) => void;
    const promise = new Promise<string>((settle) => (resolve = settle));
    // A login that is refused later waits for it, and reports it.
    promise.catch(() => undefined);
    const send = (): void => {
      clearTimeout(timer);
      ledger.batch = undefined;
      resolve(this.countAll(appId, ledger, batch));
    };
    const timer = setTimeout(send, flushAfterMs);
    const batch: Batch = { logins: 0, ids: noIds(), stamp: promise, send };
    return batch;
  }

  /** Returns the stamp. If it fails, the counts are unknown, and the next login is counted first. */
  private async countAll(appId: number, ledger: Ledger, { logins, ids }: Batch): Promise<string> {
    const nowMs = Date.now();
    ledger.isSending = true;
    try {
      const [stamp, ...numbers] = (await this.commands.run('countLogins', this.keysOf(appId, nowMs), [
        logins,
        rateWindowMs,
        ...countedOfLogin.flatMap((what) => [ids[what].size, ...ids[what]]),
      ])) as [string, ...number[]];
      learn(ledger, numbers, nowMs);
      return stamp;
    } catch (error) {
      ledger.known = undefined;
      throw error;
    } finally {
      ledger.isSending = false;
    }
  }

  private keysOf(appId: number, nowMs: number): string[] {
    return [
      this.keys.loginRate(appId, toSecond(nowMs)),
      ...countedOfLogin.map((what) => this.keys.quota(appId, what)),
    ];
  }

  private ledgerOf(appId: number, nowMs: number): Ledger {
    if (nowMs - this.prunedAtMs > freshMs) {
      this.prunedAtMs = nowMs;
      for (const [id, { known, batch, isSending }] of this.ledgers) {
        if (batch === undefined && !isSending && (known === undefined || nowMs - known.atMs > freshMs)) {
          this.ledgers.delete(id);
        }
      }
    }
    const ledger = this.ledgers.get(appId) ?? { known: undefined, batch: undefined, isSending: false };
    this.ledgers.set(appId, ledger);
    return ledger;
  }
}

/** Whether the login may be counted later: what this process has not counted is a small part of what is free. */
function isFarFromLimits(
  { known, batch, isSending }: Ledger,
  { loginsPerSecond, limits }: LoginCount,
  nowMs: number,
): boolean {
  if (isSending || known === undefined || nowMs - known.atMs > freshMs) {
    return false;
  }
  const fits = (limit: number, counted: number, uncounted: number): boolean =>
    limit === 0 || (uncounted + 1) * uncountedPart <= limit - counted;
  const logins = known.second === toSecond(nowMs) ? known.logins : 0;
  return (
    fits(loginsPerSecond, logins, batch?.logins ?? 0) &&
    countedOfLogin.every((what) =>
      fits(limits[what]?.most ?? 0, known.totals[what], batch?.ids[what].size ?? 0),
    )
  );
}

/** `numbers`: the logins of the second, then the totals. */
function learn(ledger: Ledger, [logins = 0, ...totals]: number[], nowMs: number): void {
  const [users = 0, rooms = 0, sessions = 0, interop = 0] = totals;
  ledger.known = {
    atMs: nowMs,
    second: toSecond(nowMs),
    logins,
    totals: { users, rooms, sessions, interop },
  };
}

function noIds(): Batch['ids'] {
  return { users: new Set(), rooms: new Set(), sessions: new Set(), interop: new Set() };
}

function toSecond(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}
