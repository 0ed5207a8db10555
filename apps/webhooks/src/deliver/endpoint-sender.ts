import { type EventLog, isAfter } from '@polyroom/bus';
import { type AppEvent, type Delivery, type SendableWebhook, wantsType } from '@polyroom/contracts';
import pLimit from 'p-limit';
import { type SendResult } from '../send/http-sender.js';
import { endpointDelayMs, roomDelayMs } from './backoff.js';
import { type EndpointState, laneKey, type Waiting } from './endpoint-state.js';

export interface SenderParts {
  log: Pick<EventLog, 'read'>;
  /** Undefined: the format of the endpoint has nothing for the event. */
  send: (webhook: SendableWebhook, event: AppEvent) => Promise<SendResult | undefined>;
  retryForMs: number;
  /** False once another instance sends for the endpoint. */
  isOwner: () => boolean;
}

/** Requests to one endpoint at a time. */
const concurrency = 8;
const pageSize = 100;
/** A step ends after about this time, so that a crash repeats little. */
const stepMs = 1500;
/** With so many rooms waiting, no further events are read. */
const maxWaiting = 200;
/** The same while the endpoint is probed. */
const maxWaitingInProbe = 20;
/** As many rooms that fail in one step show that the endpoint is down, even if it answers. */
const roomsOfOutage = 3;

/** One room's part of a step. */
interface Lane {
  key: string;
  before: Waiting | undefined;
  owner: { roomId?: string; userId?: string };
  events: AppEvent[];
  /** Position before the first event. */
  after: string;
  /** Position after the last one, those included that the endpoint does not want. */
  end: string;
  /** Whether there may be more events between the last one and the cursor. */
  isPartial: boolean;
}

/** What the lanes of a step share. */
interface Run {
  isProbe: boolean;
  /** No attempt starts later. */
  deadlineMs: number;
  /** An attempt got no answer: further ones would wait for the timeout too. */
  isUnanswered: boolean;
  deliveries: Delivery[];
}

interface LaneResult {
  lane: Lane;
  /** Undefined if every event is done. */
  waiting: Waiting | undefined;
}

/** What a step did. */
export interface StepResult {
  state: EndpointState;
  deliveries: Delivery[];
  /** Whether there was nothing to do. */
  isIdle: boolean;
}

/**
 * Delivers to one endpoint, in steps. Events of one room go out one after another; rooms do not wait for each other. A
 * room whose event fails waits, and the other rooms continue. An endpoint that is down is probed with single events until it
 * answers again.
 */
export class EndpointSender {
  constructor(private readonly parts: SenderParts) {}

  async step(webhook: SendableWebhook, state: EndpointState): Promise<StepResult> {
    const isProbe = state.failures > 0;
    const waiting = { ...state.waiting };
    const lanes: Lane[] = [];
    let { cursor } = state;
    if (Object.keys(waiting).length < (isProbe ? maxWaitingInProbe : maxWaiting)) {
      const page = await this.parts.log.read(webhook.appId, { after: cursor, limit: isProbe ? 1 : pageSize });
      cursor = page.next ?? cursor;
      lanes.push(...toLanes(webhook, state.cursor, page.events, waiting));
    }
    const isIdle = cursor === state.cursor;
    // After the cursor is known: a room that waits gets everything up to it.
    const due = await this.dueLanes(webhook, waiting, cursor, isProbe);
    lanes.push(...due);
    const deliveries: Delivery[] = [];
    const run: Run = { isProbe, deadlineMs: performance.now() + stepMs, isUnanswered: false, deliveries };
    const limit = pLimit(concurrency);
    const results = await Promise.all(lanes.map((lane) => limit(() => this.runLane(webhook, lane, run))));
    for (const { lane, waiting: left } of results) {
      if (left === undefined) {
        delete waiting[lane.key];
      } else {
        waiting[lane.key] = left;
      }
    }
    return {
      state: nextState(state, { cursor, waiting, deliveries }),
      deliveries,
      isIdle: isIdle && due.length === 0,
    };
  }

  /** Rooms whose next attempt is due; one of them if the endpoint is being probed. */
  private async dueLanes(
    webhook: SendableWebhook,
    waiting: Record<string, Waiting>,
    cursor: string,
    isProbe: boolean,
  ): Promise<Lane[]> {
    const nowMs = Date.now();
    const due = Object.entries(waiting)
      .filter(([, { nextAtMs }]) => isProbe || nextAtMs <= nowMs)
      .sort(([, a], [, b]) => a.nextAtMs - b.nextAtMs);
    const lanes: Lane[] = [];
    for (const [key, before] of isProbe ? due.slice(0, 1) : due) {
      const owner = ownerOf(before);
      const page = await this.parts.log.read(webhook.appId, { after: before.after, owner, limit: pageSize });
      // Later events come with the cursor.
      const known = page.events.filter((event) => !isAfter(event.cursor, cursor));
      const events = known.filter((event) => wants(webhook, event));
      const isPartial = page.events.length > 0 && known.length === page.events.length;
      const end = known.at(-1)?.cursor ?? before.after;
      lanes.push({ key, before, owner, events, after: before.after, end, isPartial });
    }
    return lanes;
  }

  private async runLane(webhook: SendableWebhook, lane: Lane, run: Run): Promise<LaneResult> {
    let { after } = lane;
    let attempts = lane.before?.attempts ?? 0;
    let sinceMs = lane.before?.sinceMs ?? 0;
    const wait = (nextAtMs: number): LaneResult => ({
      lane,
      waiting: { ...lane.owner, after, attempts, sinceMs, nextAtMs },
    });
    for (const [index, event] of lane.events.entries()) {
      const isOver = run.isUnanswered || performance.now() > run.deadlineMs || (run.isProbe && index > 0);
      if (isOver || !this.parts.isOwner()) {
        return wait(0);
      }
      const atMs = Date.now();
      const result = await this.parts.send(webhook, event);
      if (result === undefined || result.ok) {
        if (result !== undefined) {
          run.deliveries.push(toDelivery(event, attempts + 1, atMs, result, 'delivered'));
        }
        after = event.cursor;
        attempts = 0;
        continue;
      }
      run.isUnanswered ||= result.status === undefined;
      if (attempts === 0) {
        sinceMs = atMs;
      }
      attempts += 1;
      const isExpired = Math.max(sinceMs, event.atMs) <= Date.now() - this.parts.retryForMs;
      run.deliveries.push(toDelivery(event, attempts, atMs, result, isExpired ? 'expired' : 'failed'));
      if (!isExpired) {
        return wait(Date.now() + roomDelayMs(attempts));
      }
      after = event.cursor;
      return wait(Date.now());
    }
    if (lane.isPartial) {
      after = lane.end;
      return wait(0);
    }
    return { lane, waiting: undefined };
  }
}

/** Groups the events that the endpoint wants. Those of a room that waits stay behind the others of the room. */
function toLanes(
  webhook: SendableWebhook,
  after: string,
  events: AppEvent[],
  waiting: Record<string, Waiting>,
): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const event of events) {
    const key = laneKey(event);
    if (!wants(webhook, event) || waiting[key] !== undefined) {
      continue;
    }
    const lane = lanes.get(key) ?? {
      key,
      before: undefined,
      owner: ownerOf(event),
      events: [],
      after,
      end: after,
      isPartial: false,
    };
    lane.events.push(event);
    lanes.set(key, lane);
  }
  return [...lanes.values()];
}

function wants({ types, roomIds }: SendableWebhook, event: AppEvent): boolean {
  return (
    wantsType(types, event.type) &&
    (roomIds.length === 0 || (event.roomId !== undefined && roomIds.includes(event.roomId)))
  );
}

function ownerOf({ roomId, userId }: { roomId?: string | undefined; userId?: string | undefined }) {
  return {
    ...(roomId === undefined ? {} : { roomId }),
    ...(userId === undefined ? {} : { userId }),
  };
}

function nextState(
  before: EndpointState,
  {
    cursor,
    waiting,
    deliveries,
  }: { cursor: string; waiting: Record<string, Waiting>; deliveries: Delivery[] },
): EndpointState {
  const next = { ...before, cursor, waiting };
  if (deliveries.some(({ outcome }) => outcome === 'delivered')) {
    delete next.failingSinceMs;
    delete next.nextAtMs;
    // The endpoint is back: nothing needs to wait longer.
    return { ...next, failures: 0, waiting: before.failures > 0 ? dueNow(waiting) : waiting };
  }
  if (deliveries.length === 0) {
    return next;
  }
  const nowMs = Date.now();
  next.failingSinceMs ??= nowMs;
  const isDown =
    before.failures > 0 ||
    deliveries.length >= roomsOfOutage ||
    deliveries.some(({ status }) => status === undefined);
  if (isDown) {
    next.failures += 1;
    next.nextAtMs = nowMs + endpointDelayMs(next.failures);
  }
  return next;
}

function dueNow(waiting: Record<string, Waiting>): Record<string, Waiting> {
  return Object.fromEntries(Object.entries(waiting).map(([key, lane]) => [key, { ...lane, nextAtMs: 0 }]));
}

export function toDelivery(
  event: AppEvent,
  attempt: number,
  atMs: number,
  { status, error, durationMs }: SendResult,
  outcome: Delivery['outcome'],
): Delivery {
  return {
    eventId: event.id,
    cursor: event.cursor,
    type: event.type,
    ...ownerOf(event),
    ...{ attempt, atMs, durationMs, outcome },
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
  };
}
