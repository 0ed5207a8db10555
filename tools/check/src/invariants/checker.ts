import { type CheckedUser, findLoss, type Operation, type RedisFault } from './history.js';
import { countedSpans, Intervals } from './intervals.js';
import { type Span, Spans, type Timing } from './spans.js';
import { type Rule, type Violation } from './violations.js';

/** A gateway that retries takes "not there" for "left by the first attempt". */
const askedAgainAfterMs = 2500;
/** A request made while Redis was unavailable may have taken effect although its retry was refused. */
const redisAfterMs = 4000;

export interface CheckedHistory {
  user: CheckedUser;
  operations: readonly Operation[];
  redisFaults: readonly RedisFault[];
  timing: Timing;
}

/**
 * Searches for an order of the operations of one user that the rules allow, each taking effect at one moment
 * between its call and its answer. The rules are about counting and naming, so that intervals decide: a state
 * that exists in every order must not break a rule, and a refusal must be justified in some order.
 */
export function checkHistory({ user, operations, redisFaults, timing }: CheckedHistory): Violation[] {
  const settled = operations.map((operation) => withDoubt(operation, redisFaults));
  const spans = new Spans(user, settled, redisFaults, timing);
  const checker = new Checker(user, settled, spans.certain(), spans.possible(), redisFaults);
  return checker.check();
}

/** A refusal while Redis was unavailable may be that of a retry whose first attempt succeeded. */
function withDoubt(operation: Operation, faults: readonly RedisFault[]): Operation {
  const touched =
    operation.outcome === 'refused' &&
    faults.some(
      ({ fromMs, toMs }) => operation.respondedMs > fromMs && operation.invokedMs < toMs + redisAfterMs,
    );
  return touched ? { ...operation, outcome: 'unknown' } : operation;
}

class Checker {
  private readonly violations: Violation[] = [];
  private readonly certainByPlace: Map<string, Span[]>;
  private readonly possibleByRoom = new Map<string, { span: Span }[]>();
  private readonly possibleRooms = new Map<string, Intervals>();

  constructor(
    private readonly user: CheckedUser,
    private readonly operations: readonly Operation[],
    private readonly certain: Span[],
    private readonly possible: Span[],
    private readonly redisFaults: readonly RedisFault[],
  ) {
    this.certainByPlace = groupBy(certain, placeOf);
    for (const [roomId, spansOfRoom] of groupBy(possible, ({ login }) => login.roomId)) {
      this.possibleByRoom.set(
        roomId,
        spansOfRoom.map((span) => ({ span })),
      );
      this.possibleRooms.set(roomId, new Intervals(spansOfRoom));
    }
  }

  check(): Violation[] {
    this.checkLimit();
    this.checkOneDevicePerRoom();
    this.checkAnswers();
    this.checkEpochs();
    this.checkEvicted();
    this.checkFreedOnce();
    return this.violations;
  }

  private report(rule: Rule, text: string, operations: Operation[]): void {
    const places = new Set(operations.map(({ device, roomId }) => `${device}/${roomId}`));
    const devices = new Set(operations.map(({ device }) => device));
    const context = this.operations.filter(
      (operation) =>
        !operations.includes(operation) &&
        (operation.roomId === ''
          ? devices.has(operation.device)
          : places.has(`${operation.device}/${operation.roomId}`)),
    );
    this.violations.push({ rule, user: this.user, text, operations, context });
  }

  /** Rooms that are certainly held at the same time. */
  private checkLimit(): void {
    const worst = countedSpans(this.certain, ({ login }) => login.roomId);
    if (worst.count > this.user.limit) {
      this.report(
        'limit',
        `in ${worst.count} rooms at ${worst.atMs.toFixed(1)}`,
        worst.spans.map(({ login }) => login),
      );
    }
  }

  /** Two devices of a user cannot both hold the same room. */
  private checkOneDevicePerRoom(): void {
    for (const spansOfRoom of groupBy(this.certain, ({ login }) => login.roomId).values()) {
      const worst = countedSpans(spansOfRoom, ({ login }) => String(login.device));
      if (worst.count > 1) {
        this.report(
          'idempotence',
          `${worst.count} devices in one room at ${worst.atMs.toFixed(1)}`,
          worst.spans.map(({ login }) => login),
        );
        return;
      }
    }
  }

  private checkAnswers(): void {
    for (const operation of this.operations) {
      if (operation.kind === 'resume') {
        this.checkResume(operation);
      } else if (operation.kind === 'login' && operation.outcome === 'ok') {
        this.checkSecondLogin(operation);
      } else if (operation.outcome === 'refused') {
        this.checkRefusal(operation);
      }
    }
  }

  /** A resume returns every room that was not left, and none that was. */
  private checkResume(resume: Operation): void {
    const { device, outcome, roomIds = [] } = resume;
    for (const [place, spans] of this.certainByPlace) {
      const [holder, roomId] = [place.slice(0, place.indexOf('/')), place.slice(place.indexOf('/') + 1)];
      const held = spans.find((span) => span.fromMs <= resume.invokedMs && span.toMs >= resume.respondedMs);
      const missing = outcome === 'refused' || (outcome === 'ok' && !roomIds.includes(roomId));
      if (Number(holder) === device && held !== undefined && missing) {
        this.report('kept', `a resume lost ${roomId}`, [held.login, resume]);
      }
    }
    for (const roomId of outcome === 'ok' ? roomIds : []) {
      const possible = (this.possibleByRoom.get(roomId) ?? []).some(
        ({ span }) =>
          span.login.device === device && span.fromMs <= resume.respondedMs && span.toMs >= resume.invokedMs,
      );
      if (!possible) {
        this.report('fencing', `a resume brought back ${roomId}`, [resume]);
      }
    }
  }

  /** Another request for a room that the device is in must be refused. */
  private checkSecondLogin(login: Operation): void {
    const held = this.findCertain(login, (span) => span.login.requestId !== login.requestId);
    if (held !== undefined) {
      this.report('idempotence', 'logged in twice into one room', [held.login, login]);
    }
  }

  private checkRefusal(operation: Operation): void {
    switch (operation.code) {
      case 1002037:
        if (this.countPossible(operation) < this.user.limit) {
          this.report('free', `refused as over the limit with ${this.countPossible(operation)} rooms`, [
            operation,
          ]);
        }
        return;
      case 1002064:
        if (!this.isPossible(operation)) {
          this.report('free', 'refused as already in the room, but no session was', [operation]);
        }
        return;
      case 1002001:
        if (this.countPossible(operation) === 0 && !this.isPossible(operation)) {
          this.report('free', 'refused as already in a room, but no session was', [operation]);
        }
        return;
      case 1002002: {
        const held =
          operation.kind === 'logout' ? this.findCertain(operation, matchesEpoch(operation)) : undefined;
        if (held !== undefined) {
          this.report('kept', 'a place was lost', [held.login, operation]);
        }
        return;
      }
      case 1002050:
        if (this.user.policy !== 'kickOld') {
          this.report('kept', 'evicted by another device, which the policy excludes', [operation]);
        }
        return;
    }
  }

  /** The certain span of the device and room of the operation that covers it. */
  private findCertain(operation: Operation, matches: (span: Span) => boolean): Span | undefined {
    return this.certainByPlace
      .get(`${operation.device}/${operation.roomId}`)
      ?.find(
        (span) =>
          span.login !== operation &&
          span.fromMs <= operation.invokedMs &&
          span.toMs >= operation.respondedMs &&
          matches(span),
      );
  }

  /** The maximum number of other rooms during an operation. */
  private countPossible(operation: Operation): number {
    let count = 0;
    for (const [roomId, intervals] of this.possibleRooms) {
      if (roomId !== operation.roomId && intervals.touches(operation.invokedMs, operation.respondedMs)) {
        count += 1;
      }
    }
    return count;
  }

  /** Whether the room may have been held, by any device, during the operation. */
  private isPossible(operation: Operation): boolean {
    return (this.possibleByRoom.get(operation.roomId) ?? []).some(
      ({ span }) =>
        span.login !== operation && span.fromMs <= operation.respondedMs && span.toMs >= operation.invokedMs,
    );
  }

  /** Within one room epochs grow; a repeated request keeps its epoch. */
  private checkEpochs(): void {
    const logins = this.operations.filter(
      ({ kind, outcome, epoch }) => kind === 'login' && outcome === 'ok' && epoch !== undefined,
    );
    for (const ofRoom of groupBy(logins, ({ roomId }) => roomId).values()) {
      const byEnd = [...ofRoom].sort((left, right) => left.respondedMs - right.respondedMs);
      const byStart = [...ofRoom].sort((left, right) => left.invokedMs - right.invokedMs);
      let newest: Operation | undefined;
      let next = 0;
      for (const login of byStart) {
        while (byEnd[next] !== undefined && byEnd[next]!.respondedMs < login.invokedMs) {
          newest = newest === undefined || byEnd[next]!.epoch! > newest.epoch! ? byEnd[next] : newest;
          next += 1;
        }
        if (newest !== undefined && login.epoch! < newest.epoch!) {
          this.report('fencing', 'a later login has a smaller epoch', [newest, login]);
          return;
        }
      }
    }
    for (const [, spans] of this.certainByPlace) {
      for (const { fromMs, toMs, login } of spans) {
        const again = spans.find(
          ({ login: other }) =>
            other.requestId === login.requestId &&
            other.epoch !== login.epoch &&
            other.invokedMs >= fromMs &&
            other.respondedMs <= toMs,
        );
        if (again !== undefined) {
          this.report('idempotence', 'the same request again has another epoch', [login, again.login]);
        }
      }
    }
  }

  /** A session that another one has evicted never comes back. */
  private checkEvicted(): void {
    if (this.user.policy !== 'kickOld') {
      return;
    }
    const logins = this.operations.filter(
      ({ kind, outcome, sessionId }) => kind === 'login' && outcome === 'ok' && sessionId !== undefined,
    );
    const firstOf = new Map<string, Operation>();
    for (const login of logins) {
      const first = firstOf.get(login.sessionId!);
      if (first === undefined || login.respondedMs < first.respondedMs) {
        firstOf.set(login.sessionId!, login);
      }
    }
    const byStart = [...logins].sort((left, right) => left.invokedMs - right.invokedMs);
    for (const [sessionId, first] of firstOf) {
      const successor = byStart.find(
        (login) =>
          login.sessionId !== sessionId &&
          login.invokedMs > first.respondedMs &&
          findLoss(login, this.redisFaults) === undefined,
      );
      const late = byStart.find(
        (login) =>
          login.sessionId === sessionId && successor !== undefined && login.invokedMs > successor.respondedMs,
      );
      if (late !== undefined) {
        this.report('fencing', 'a session came back after it had been evicted', [first, successor!, late]);
        return;
      }
    }
  }

  /** Per epoch, or per device and room if no epoch is known, no more logouts succeed than logins. */
  private checkFreedOnce(): void {
    const logouts = this.operations.filter(({ kind, outcome }) => kind === 'logout' && outcome === 'ok');
    for (const logout of logouts) {
      const possible = (this.possibleByRoom.get(logout.roomId) ?? []).some(
        ({ span: { login, fromMs, toMs } }) =>
          login.device === logout.device &&
          (login.epoch === undefined || logout.epoch === undefined || login.epoch === logout.epoch) &&
          fromMs <= logout.respondedMs &&
          toMs >= logout.invokedMs,
      );
      const askedAgain =
        logout.epoch === undefined && logout.respondedMs - logout.invokedMs > askedAgainAfterMs;
      if (!possible && !askedAgain) {
        this.report('fencing', 'a logout succeeded where nothing was held', [logout]);
      }
    }
    const withEpoch = logouts.filter(({ epoch }) => epoch !== undefined);
    for (const same of groupBy(
      withEpoch,
      ({ device, roomId, epoch }) => `${device}/${roomId}/${epoch}`,
    ).values()) {
      if (same.length > 1 && !this.nearLoss(same)) {
        this.report('freedOnce', `freed ${same.length} times`, same);
      }
    }
    this.checkFreedBySockets(logouts);
  }

  private checkFreedBySockets(logouts: Operation[]): void {
    const places = groupBy(
      logouts.filter(({ epoch }) => epoch === undefined),
      ({ device, roomId }) => `${device}/${roomId}`,
    );
    if (places.size === 0) {
      return;
    }
    const logins = groupBy(
      this.operations.filter(({ kind, outcome }) => kind === 'login' && outcome !== 'refused'),
      ({ device, roomId }) => `${device}/${roomId}`,
    );
    for (const [place, freed] of places) {
      const taken = logins.get(place) ?? [];
      if (freed.length > taken.length && !this.nearLoss(freed)) {
        this.report('freedOnce', `freed ${freed.length} times, taken ${taken.length} times`, [
          ...taken,
          ...freed,
        ]);
      }
    }
  }

  /** Redis may have lost the write that freed a place. */
  private nearLoss(operations: Operation[]): boolean {
    const firstMs = Math.min(...operations.map(({ invokedMs }) => invokedMs));
    const lastMs = Math.max(...operations.map(({ respondedMs }) => respondedMs));
    return this.redisFaults.some(({ lossy, fromMs }) => lossy && firstMs < fromMs && lastMs > fromMs);
  }
}

function matchesEpoch(operation: Operation): (span: Span) => boolean {
  return ({ login }) =>
    operation.epoch === undefined || login.epoch === undefined || login.epoch === operation.epoch;
}

function placeOf({ login }: Span): string {
  return `${login.device}/${login.roomId}`;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [value]);
    } else {
      group.push(value);
    }
  }
  return groups;
}
