import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { KeyedQueue } from '@polyroom/async';
import { Bus, type BusSubscription, EntitlementCache } from '@polyroom/bus';
import {
  AppError,
  recorderRpc,
  recordingEnded,
  type RecordingTarget,
  type RecordingView,
  roomAdminRpc,
  roomFact,
  roomRpc,
  streamMoved,
} from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { Instances } from '@polyroom/nest-service';
import { OrderBook, type OrderEntry } from './order-book.js';
import { keyOfRecording, keyOfTarget, newRecordingId } from './recording-id.js';
import { RecordingNodes } from './recording-nodes.js';
import { RecordingOrder } from './recording-order.js';

const checkIntervalMs = 5000;
/** How often orders are compared with the instances that own them. */
const ownerCheckIntervalMs = 1000;
/** Limit of orders per instance, because each is compared every few seconds. */
const mostOrders = 1000;
/** An order changes its owner at most this often while it is being ended. */
const endAttempts = 3;

/** An order that this instance carries out. */
interface OwnOrder {
  key: string;
  order: RecordingOrder;
  subscription: BusSubscription | undefined;
}

/**
 * The recording orders of the cluster. The bucket records which instance owns an order; this one executes its
 * own, takes over orders whose owner has ended, and drops those that another instance has taken over.
 */
@Injectable()
export class RecordingOrders implements OnModuleInit, OnModuleDestroy {
  private readonly own = new Map<string, OwnOrder>();
  /** Serializes changes of an order's owner. */
  private readonly steps = new KeyedQueue();
  private readonly takingOver = new Set<string>();
  private readonly subscriptions: BusSubscription[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private leaving = false;

  constructor(
    private readonly bus: Bus,
    private readonly book: OrderBook,
    private readonly instances: Instances,
    private readonly nodes: RecordingNodes,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions.push(
      this.bus.subscribe(streamMoved, {}, ({ appId, streamId }) => {
        for (const { order } of this.own.values()) {
          if (order.concerns(appId, streamId)) {
            void order.check();
          }
        }
      }),
      this.bus.subscribe(recordingEnded, {}, (fact) =>
        this.findOwn(fact.appId, fact.recordingId)?.order.handleEnded(fact),
      ),
    );
    this.book.follow((key, entry) => {
      if (entry !== undefined) {
        this.instances.hear(entry.value.ownerId);
      }
      this.compareOwner(key);
    });
    this.timers.push(
      setInterval(() => this.own.forEach(({ order }) => void order.check()), checkIntervalMs),
      setInterval(() => this.book.keys.forEach((key) => this.compareOwner(key)), ownerCheckIntervalMs),
    );
  }

  /** The media nodes keep recording; another instance takes over the orders. */
  async onModuleDestroy(): Promise<void> {
    this.leaving = true;
    this.timers.forEach((timer) => clearInterval(timer));
    this.subscriptions.forEach((subscription) => subscription.close());
    this.book.close();
    [...this.own.values()].forEach((own) => this.drop(own));
    await this.instances.leave();
  }

  /**
   * @throws the room service's error for an unknown room or stream, or a node's error if it refuses every
   * stream
   */
  async begin(target: RecordingTarget): Promise<RecordingView> {
    await this.assertThere(target);
    const key = keyOfTarget(target);
    const recordingId = newRecordingId(target);
    const { order } = await this.steps.run(key, () => this.beginOwn(key, recordingId, target));
    await order.check();
    const { refusal } = order;
    if (refusal !== undefined) {
      await this.endOwn(target.appId, recordingId).catch((error: unknown) => {
        if (!AppError.is(error, 'RECORDING_NOT_FOUND')) {
          this.logger.warn({ err: error, recordingId }, 'refused recording order not ended');
          throw toUnknownOutcome(error);
        }
      });
      throw refusal;
    }
    this.logger.info({ recordingId, ...target, streams: order.recordings.length }, 'recording begun');
    return { recordingId, ...target, recordings: order.recordings };
  }

  /** Ends a recording at its owner, which verifies the statement again. Returns how many streams were being recorded. */
  async end(appId: number, recordingId: string, statement: string): Promise<number> {
    const key = keyOfRecording(appId, recordingId);
    for (let attempt = 0; key !== undefined && attempt < endAttempts; attempt++) {
      const entry = await this.book.read(key);
      if (entry?.value.recordingId !== recordingId) {
        break;
      }
      const streams = await this.endAtOwner(entry, statement);
      if (streams !== undefined) {
        return streams;
      }
    }
    return this.endWithoutOrder(appId, recordingId);
  }

  /** Ends a recording that this instance owns. */
  endOwn(appId: number, recordingId: string): Promise<number> {
    return this.steps.run(`${keyOfRecording(appId, recordingId)}`, async () => {
      const own = this.findOwn(appId, recordingId);
      const entry = own === undefined ? undefined : this.book.find(own.key);
      const ending = entry === undefined ? undefined : await this.book.update(entry, { ending: true });
      if (own === undefined || ending === undefined) {
        throw new AppError('RECORDING_NOT_FOUND');
      }
      this.forget(own);
      const streams = await own.order.end();
      await this.book.delete(ending).catch((error: unknown) => {
        // It is marked, so that the next comparison with its owner ends it.
        this.logger.warn({ err: error, recordingId }, 'ended recording order not deleted');
      });
      return streams;
    });
  }

  /** Recordings of an AppID in progress, and orders that wait for streams. */
  async list(appId: number): Promise<RecordingView[]> {
    const views = new Map<string, RecordingView>();
    for (const { recordingId, target, ending } of await this.book.list(appId)) {
      if (ending !== true) {
        views.set(recordingId, { recordingId, ...target, recordings: [] });
      }
    }
    for (const recording of await this.nodes.list({ appId })) {
      const { recordingId, roomId, streamId } = recording;
      const target = { appId, ...(roomId === undefined ? { streamId } : { roomId }) };
      const view = views.get(recordingId) ?? { recordingId, ...target, recordings: [] };
      view.recordings.push(recording);
      views.set(recordingId, view);
    }
    return [...views.values()];
  }

  /** Orders that this instance carries out, and orders whose owner has ended and that no instance has taken over. */
  counts(): { own: number; orphaned: number } {
    const orphaned = this.book.keys.filter((key) => this.isOrphan(this.book.find(key)?.value.ownerId));
    return { own: this.own.size, orphaned: orphaned.length };
  }

  private async assertThere({ appId, roomId, streamId }: RecordingTarget): Promise<void> {
    if (roomId !== undefined) {
      await this.bus.request(roomRpc.getSnapshot, { appId, roomId });
    } else {
      await this.bus.request(roomAdminRpc.findStream, { appId, streamId: streamId! });
    }
  }

  private async beginOwn(key: string, recordingId: string, target: RecordingTarget): Promise<OwnOrder> {
    if (this.leaving) {
      throw new AppError('BUS_UNAVAILABLE');
    }
    if (this.own.size >= mostOrders) {
      throw new AppError('RECORDING_LIMIT_REACHED', { details: { mostOrders } });
    }
    const ownerId = this.instances.ownId;
    const entry = await this.book.create(key, { recordingId, target, createdAtMs: Date.now(), ownerId });
    if (entry === undefined) {
      const running = await this.book.read(key);
      const details = running === undefined ? {} : { recordingId: running.value.recordingId };
      throw new AppError('RECORDING_ALREADY_RUNNING', { details });
    }
    await this.assertQuota(entry);
    return this.carryOut(entry);
  }

  /**
   * Deletes the new order if the AppID has as many as it may. Checked when it is stored: of orders that instances
   * store at once, each sees those stored before it, so none exceeds the quota.
   */
  private async assertQuota(entry: OrderEntry): Promise<void> {
    const { target, createdAtMs } = entry.value;
    try {
      const { maxRecordings } = await this.entitlements.get(target.appId);
      const before = (await this.book.listEntries(target.appId)).filter(
        // A change of its owner gives an older order a later revision.
        ({ key, revision, value }) =>
          key !== entry.key && (revision < entry.revision || value.createdAtMs < createdAtMs),
      );
      if (maxRecordings > 0 && before.length >= maxRecordings) {
        throw new AppError('RECORDING_QUOTA_EXCEEDED', { details: { maxRecordings } });
      }
    } catch (error) {
      await this.book.delete(entry).catch((failure: unknown) => {
        throw toUnknownOutcome(failure);
      });
      throw error;
    }
  }

  /** Returns undefined if the owner does not own it any more. */
  private async endAtOwner(entry: OrderEntry, statement: string): Promise<number | undefined> {
    const { recordingId, ownerId, target } = entry.value;
    const request = { appId: target.appId, recordingId };
    try {
      return ownerId === this.instances.ownId
        ? await this.endOwn(target.appId, recordingId)
        : (await this.bus.requestNode(recorderRpc.endOwnRecording, ownerId, request, { statement })).streams;
    } catch (error) {
      if (AppError.is(error, 'RECORDING_NOT_FOUND')) {
        return undefined;
      }
      if (ownerId === this.instances.ownId || !AppError.is(error, 'BUS_UNAVAILABLE')) {
        throw error;
      }
    }
    // The process that has this name has ended: deleted here instead of by the next owner, which takes over
    // seconds later.
    return this.steps.run(entry.key, async () => {
      const taken = await this.book.update(entry, { ownerId: this.instances.ownId, ending: true });
      return taken === undefined ? undefined : this.finish(taken);
    });
  }

  /** The order was lost or never existed: recordings with this ID on media nodes are ended anyway. */
  private async endWithoutOrder(appId: number, recordingId: string): Promise<number> {
    const streams = await this.stopAll(appId, recordingId);
    if (streams === 0) {
      throw new AppError('RECORDING_NOT_FOUND');
    }
    return streams;
  }

  /** Ends an order that this instance owns but does not execute. */
  private async finish(entry: OrderEntry): Promise<number> {
    const { recordingId, target } = entry.value;
    const streams = await this.stopAll(target.appId, recordingId);
    await this.book.delete(entry);
    return streams;
  }

  private async stopAll(appId: number, recordingId: string): Promise<number> {
    const running = await this.nodes.list({ appId, recordingId });
    const nodeIds = new Set(running.map(({ nodeId }) => nodeId));
    await Promise.all([...nodeIds].map((nodeId) => this.nodes.stop(nodeId, recordingId)));
    return running.length;
  }

  /** Drops an order that another instance owns, takes over one whose owner has ended. */
  private compareOwner(key: string): void {
    const stored = this.book.find(key)?.value;
    const own = this.own.get(key);
    const isOwn = stored?.ownerId === this.instances.ownId;
    if (own !== undefined && !(isOwn && stored?.recordingId === own.order.recordingId)) {
      this.logger.info({ recordingId: own.order.recordingId }, 'recording order dropped');
      this.drop(own);
    }
    const isMissing = isOwn && !this.own.has(key);
    if (this.leaving || this.takingOver.has(key) || !(isMissing || this.isOrphan(stored?.ownerId))) {
      return;
    }
    this.takingOver.add(key);
    void this.steps
      .run(key, () => this.takeOver(key))
      .catch((error: unknown) => this.logger.warn({ err: error, key }, 'recording order not taken over'))
      .finally(() => this.takingOver.delete(key));
  }

  private isOrphan(ownerId: string | undefined): boolean {
    return ownerId !== undefined && ownerId !== this.instances.ownId && this.instances.isGone(ownerId);
  }

  private async takeOver(key: string): Promise<void> {
    let entry = await this.book.read(key);
    if (entry === undefined || this.own.has(key) || this.leaving) {
      return;
    }
    const { recordingId, target, ownerId } = entry.value;
    if (ownerId !== this.instances.ownId) {
      entry = this.instances.isGone(ownerId)
        ? await this.book.update(entry, { ownerId: this.instances.ownId })
        : undefined;
    }
    if (entry === undefined) {
      return;
    }
    this.logger.info({ recordingId, ...target, from: ownerId }, 'recording order taken over');
    if (entry.value.ending === true) {
      await this.finish(entry);
      return;
    }
    const { order } = this.carryOut(entry);
    order.adopt(await this.nodes.list({ appId: target.appId, recordingId }));
    void order.check();
  }

  private carryOut({ key, value }: OrderEntry): OwnOrder {
    const { recordingId, target } = value;
    const { appId, roomId } = target;
    const order = new RecordingOrder(recordingId, target, this.bus, this.nodes, this.logger, () => {
      this.logger.info({ recordingId, ...target }, 'recording over');
      this.endOwn(appId, recordingId).catch((error: unknown) =>
        this.logger.warn({ err: error, recordingId }, 'recording order not ended'),
      );
    });
    const subscription =
      roomId === undefined
        ? undefined
        : this.bus.subscribe(roomFact, { appId, roomId }, ({ fact: { type } }) => {
            if (type === 'streamAdded' || type === 'streamRemoved') {
              void order.check();
            }
          });
    const own = { key, order, subscription };
    this.own.set(key, own);
    return own;
  }

  private findOwn(appId: number, recordingId: string): OwnOrder | undefined {
    const own = this.own.get(`${keyOfRecording(appId, recordingId)}`);
    return own?.order.recordingId === recordingId ? own : undefined;
  }

  private drop(own: OwnOrder): void {
    this.forget(own);
    own.order.drop();
  }

  private forget({ key, subscription }: OwnOrder): void {
    this.own.delete(key);
    subscription?.close();
  }
}

/** The error of a write whose answer was lost: the order may be stored all the same. */
function toUnknownOutcome(cause: unknown): AppError {
  return new AppError('BUS_TIMEOUT', { cause });
}
