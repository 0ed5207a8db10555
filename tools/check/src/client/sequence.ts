import { setTimeout as sleep } from 'node:timers/promises';
import { type Random } from '../invariants/random.js';
import { type Actor } from './actor.js';
import { type Call, describeCall } from './calls.js';
import { type ClientWorld } from './client-world.js';
import { type ClientView } from './driver.js';
import { findMessageProblems } from './messages.js';
import { PageActor } from './page-actor.js';
import { type Fault, type Step, streamIdsOf, writeScript } from './script.js';
import { findDifferences, readServerView } from './views.js';

/** Until every call has settled after the networks work again: a request times out after 10 s. */
const settleMs = 25_000;
/** Until all views are equal. */
const equalMs = 10_000;
const pollMs = 150;
const roomsPerSequence = 3;
const usersPerSequence = 3;
/** Of the users of a sequence with pages. */
const pagesPerSequence = 2;

export interface SequenceOptions {
  world: ClientWorld;
  /** Distinguishes its rooms and users from those of other sequences. */
  name: string;
  random: Random;
  withFaults: boolean;
  withPages: boolean;
}

export interface SequenceResult {
  violations: string[];
  /** Calls and faults with their times, outcomes included. */
  log: string[];
  calls: { kind: Call['kind']; errorName: string | undefined }[];
  faults: Fault['kind'][];
  /** From the last call until the views were equal. */
  equalAfterMs: number;
}

/** Runs one random sequence of calls and faults, and compares all views at its end. */
export async function runSequence(options: SequenceOptions): Promise<SequenceResult> {
  const sequence = new Sequence(options);
  return sequence.run();
}

class Sequence {
  private readonly startedAtMs = performance.now();
  private readonly violations: string[] = [];
  private readonly log: string[] = [];
  private readonly calls: SequenceResult['calls'] = [];
  private readonly faults: SequenceResult['faults'] = [];
  private readonly pending = new Set<Promise<unknown>>();
  private readonly roomIds: string[];
  private readonly actors: Actor[] = [];
  private watcher!: Actor;

  constructor(private readonly options: SequenceOptions) {
    this.roomIds = Array.from(
      { length: roomsPerSequence },
      (_, index) => `${options.name}-room-${index + 1}`,
    );
  }

  async run(): Promise<SequenceResult> {
    const { name, random, withFaults } = this.options;
    const userIds = Array.from({ length: usersPerSequence }, (_, index) => `${name}-user-${index + 1}`);
    let equalAfterMs = 0;
    try {
      await this.openActors(userIds);
      for (const step of writeScript({ random, userIds, roomIds: this.roomIds, withFaults })) {
        await sleep(step.waitMs);
        this.perform(step);
      }
      this.heal();
      await this.settle();
      equalAfterMs = await this.waitUntilEqual();
    } finally {
      await Promise.all([...this.actors, this.watcher].map((actor) => actor?.close()));
    }
    return {
      violations: this.violations,
      log: this.log,
      calls: this.calls,
      faults: this.faults,
      equalAfterMs,
    };
  }

  /** The watcher is in all rooms from the start, on a network that works, and plays a stream of every user. */
  private async openActors(userIds: string[]): Promise<void> {
    const { name, random, withPages, world } = this.options;
    this.watcher = await world.openActor(`${name}-watcher`, 0, false);
    for (const [index, userId] of userIds.entries()) {
      const isPage = withPages && index < pagesPerSequence;
      const gateway = random.below(2);
      this.actors.push(await (isPage ? world.openPage(userId, gateway) : world.openActor(userId, gateway)));
    }
    for (const roomId of this.roomIds) {
      this.call(this.watcher, { kind: 'join', roomId });
    }
    await Promise.all(this.pending);
    for (const userId of userIds) {
      const [streamId] = streamIdsOf(userId);
      this.roomIds.forEach((roomId) =>
        this.call(this.watcher, { kind: 'subscribe', streamId: streamId!, roomId }),
      );
    }
  }

  private perform({ action, actor: index }: Step): void {
    const actor = this.actors[index]!;
    if (actor.isClosed) {
      return;
    }
    if ('call' in action) {
      this.call(actor, action.call);
    } else {
      this.break(actor, action.fault);
    }
  }

  private call(actor: Actor, call: Call): void {
    const note = actor.intents.note(call);
    const text = `${actor.userId} ${describeCall(call)}`;
    this.write(text);
    this.track(
      actor.call(call).then((failure) => {
        this.calls.push({ kind: call.kind, errorName: failure?.errorName });
        this.write(`${text} → ${failure === undefined ? 'done' : (failure.errorName ?? failure.message)}`);
        const violation = note(failure);
        if (violation !== undefined && !actor.isClosed) {
          this.violations.push(`${actor.userId}: ${violation}`);
        }
      }),
    );
  }

  private break(actor: Actor, fault: Fault): void {
    const { proxy } = actor;
    if (proxy === undefined) {
      return;
    }
    this.faults.push(fault.kind);
    this.write(`${actor.userId} ${Object.values(fault).join(' ')}`);
    switch (fault.kind) {
      case 'delay':
        proxy.delayMs = fault.ms;
        return;
      case 'throttle':
        proxy.bytesPerSecond = fault.bytesPerSecond;
        return;
      case 'cut':
        proxy.cut();
        this.track(sleep(fault.ms).then(() => proxy.heal()));
        return;
      case 'silence':
        proxy.silence();
        return;
      case 'heal':
        proxy.heal();
        return;
      case 'offline':
      case 'online':
        this.track(actor.tellNetwork(fault.kind));
        return;
      case 'freeze':
        this.track(actor.freeze(fault.ms));
        return;
      case 'closeTab':
        this.track(this.closeTab(actor));
    }
  }

  /** Without a connection the servers would learn of it when the session expires. */
  private async closeTab(actor: Actor): Promise<void> {
    const deadlineMs = performance.now() + settleMs;
    while (performance.now() < deadlineMs) {
      const { rooms, sockets } = await actor.view();
      const isConnected = sockets === 1 && rooms.every(({ state }) => state !== 'reconnecting');
      if (isConnected && actor.proxy?.isHealthy) {
        this.write(`${actor.userId} closes`);
        await actor.closeTab();
        return;
      }
      await sleep(pollMs);
    }
  }

  /** All networks work, and the devices notice it. */
  private heal(): void {
    this.write('all networks work');
    for (const actor of this.actors) {
      actor.proxy?.heal();
      if (!actor.isClosed) {
        this.track(actor.tellNetwork('online'));
      }
    }
  }

  private async settle(): Promise<void> {
    const deadlineMs = performance.now() + settleMs;
    while (this.pending.size > 0 && performance.now() < deadlineMs) {
      await Promise.race([...this.pending, sleep(pollMs)]);
    }
    for (const { intents, isClosed, userId } of this.actors) {
      if (!isClosed) {
        const unsettled = intents.pending;
        this.violations.push(...unsettled.map((call) => `${userId}: ${call} does not settle`));
      }
    }
  }

  /** Returns after how long. */
  private async waitUntilEqual(): Promise<number> {
    const startedAtMs = performance.now();
    const firstFrames = new Map<Actor, ClientView['frames']>();
    for (;;) {
      const differences = await this.findDifferences(firstFrames);
      const elapsedMs = performance.now() - startedAtMs;
      if (differences.length === 0) {
        this.write('all views are equal');
        return elapsedMs;
      }
      if (elapsedMs >= equalMs) {
        this.write(`after ${equalMs} ms:\n  ${differences.join('\n  ')}`);
        this.violations.push(...differences);
        return elapsedMs;
      }
      await sleep(pollMs);
    }
  }

  private async findDifferences(firstFrames: Map<Actor, ClientView['frames']>): Promise<string[]> {
    const { appId, bus } = this.options.world;
    const all = [...this.actors, this.watcher];
    const [server, ...views] = await Promise.all([
      readServerView(bus, appId, this.roomIds),
      ...all.map((actor) => (actor.isClosed ? undefined : actor.view())),
    ]);
    const seen = views.at(-1)!;
    return all.flatMap((actor, index) => {
      const view = views[index];
      const differences = findDifferences(actor, view, server);
      if (view !== undefined) {
        if (!firstFrames.has(actor)) {
          firstFrames.set(actor, { ...view.frames });
        }
        differences.push(
          ...this.findFrozen(actor, view, firstFrames.get(actor)!),
          ...this.findMessageProblems(actor, view, seen),
          ...(actor instanceof PageActor ? actor.pageErrors.map((text) => `${actor.userId}: ${text}`) : []),
        );
      }
      return differences;
    });
  }

  /** Streams of pages that another page plays, and that show no new frame. */
  private findFrozen(actor: Actor, view: ClientView, first: ClientView['frames']): string[] {
    if (!actor.isPage) {
      return [];
    }
    const sending = new Set(
      this.actors
        .filter((publisher) => publisher.isPage && !publisher.isClosed)
        .flatMap(({ intents: { state } }) =>
          [...state.publications.keys()].filter((streamId) =>
            [...(state.mutes.get(streamId) ?? [])].every((mute) => !mute.startsWith('video')),
          ),
        ),
    );
    return view.subscriptions
      .filter(({ state, streamId }) => state === 'active' && sending.has(streamId))
      .filter(({ streamId }) => (view.frames[streamId] ?? 0) <= (first[streamId] ?? 0))
      .map(({ streamId }) => `${actor.userId}: ${streamId} shows no new frame`);
  }

  private findMessageProblems(actor: Actor, view: ClientView, seen: ClientView): string[] {
    return this.roomIds.flatMap((roomId) => {
      const all = seen.messages[roomId] ?? [];
      const lost = actor.intents.sentTo(roomId).filter((text) => !all.includes(text));
      const received = view.messages[roomId] ?? [];
      return [
        ...lost.map((text) => `${actor.userId}: ${text}, stored in ${roomId}, did not reach the watcher`),
        ...findMessageProblems({ userId: actor.userId, roomId, received, all }),
      ];
    });
  }

  private write(text: string): void {
    this.log.push(`${((performance.now() - this.startedAtMs) / 1000).toFixed(3)} ${text}`);
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
  }
}
