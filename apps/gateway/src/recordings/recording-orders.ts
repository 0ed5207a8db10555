import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  gatewayRpc,
  recordingEnded,
  roomAdminRpc,
  roomFact,
  roomRpc,
  streamMoved,
} from '@polyroom/contracts';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../gateway.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { GATEWAY_CONFIG } from '../gateway-tokens.js';
import { gatewayOf, newRecordingId } from './recording-id.js';
import { type NodeRecording, RecordingNodes } from './recording-nodes.js';
import { RecordingOrder, type RecordingTarget } from './recording-order.js';

const checkIntervalMs = 5000;
/** Each is looked at every few seconds. */
const mostOrders = 1000;

/** A recording as operators see it: an order, and the streams that are being written for it. */
export interface RecordingView extends RecordingTarget {
  recordingId: string;
  recordings: NodeRecording[];
}

interface Entry {
  order: RecordingOrder;
  subscription: BusSubscription | undefined;
}

/**
 * The orders to record that this gateway was given, and follows. They are in its memory alone: where the gateway
 * ends, what is being recorded goes on to the end of its stream, and what comes later is not.
 */
@Injectable()
export class RecordingOrders implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private readonly subscriptions: BusSubscription[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly nodes: RecordingNodes,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions.push(
      this.bus.subscribe(streamMoved, {}, ({ appId, streamId }) => {
        for (const { order } of this.entries.values()) {
          if (order.concerns(appId, streamId)) {
            void order.check();
          }
        }
      }),
      this.bus.subscribe(recordingEnded, {}, (fact) =>
        this.entries.get(fact.recordingId)?.order.handleEnded(fact),
      ),
    );
    this.timer = setInterval(() => {
      this.entries.forEach(({ order }) => void order.check());
    }, checkIntervalMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.subscriptions.forEach((subscription) => subscription.close());
    this.entries.forEach(({ subscription }) => subscription?.close());
  }

  /**
   * Begins to record, and goes on until it is told to end or the room or stream is gone.
   *
   * @throws what the room service says of a room or stream that is not there, or the node where it refuses all
   */
  async begin(target: RecordingTarget): Promise<RecordingView> {
    await this.assertThere(target);
    this.assertNew(target);
    const recordingId = newRecordingId(this.config.gatewayId);
    const order = new RecordingOrder(recordingId, target, this.bus, this.nodes, this.logger, () => {
      this.logger.info({ recordingId, ...target }, 'recording over');
      void this.endHere(target.appId, recordingId);
    });
    const { appId, roomId } = target;
    const subscription =
      roomId === undefined
        ? undefined
        : this.bus.subscribe(roomFact, { appId, roomId }, ({ fact: { type } }) => {
            if (type === 'streamAdded' || type === 'streamRemoved') {
              void order.check();
            }
          });
    this.entries.set(recordingId, { order, subscription });
    await order.check();
    const { refusal } = order;
    if (refusal !== undefined) {
      await this.endHere(appId, recordingId);
      throw refusal;
    }
    this.logger.info({ recordingId, ...target, streams: order.recordings.length }, 'recording begun');
    return { recordingId, ...target, recordings: order.recordings };
  }

  /** Ends a recording, at whichever gateway it was begun. Says how many streams were being recorded. */
  async end(appId: number, recordingId: string): Promise<number> {
    const gatewayId = gatewayOf(recordingId);
    try {
      return gatewayId === undefined || gatewayId === this.config.gatewayId
        ? await this.endHere(appId, recordingId)
        : (await this.bus.requestNode(gatewayRpc.endRecordingOrder, gatewayId, { appId, recordingId }))
            .streams;
    } catch (error) {
      if (!AppError.is(error, 'BUS_UNAVAILABLE') && !AppError.is(error, 'RECORDING_NOT_FOUND')) {
        throw error;
      }
      return this.endOrphan(appId, recordingId);
    }
  }

  /** One that this gateway follows. */
  async endHere(appId: number, recordingId: string): Promise<number> {
    const entry = this.entries.get(recordingId);
    if (entry === undefined || entry.order.target.appId !== appId) {
      throw new AppError('RECORDING_NOT_FOUND');
    }
    this.entries.delete(recordingId);
    entry.subscription?.close();
    return entry.order.end();
  }

  /** What an AppID records at this moment, at whichever gateway it was begun; of those begun here also what waits. */
  async list(appId: number): Promise<RecordingView[]> {
    const views = new Map<string, RecordingView>();
    for (const [recordingId, { order }] of this.entries) {
      if (order.target.appId === appId) {
        views.set(recordingId, { recordingId, ...order.target, recordings: [] });
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

  /** Its gateway is gone, or was started again. */
  private async endOrphan(appId: number, recordingId: string): Promise<number> {
    const running = await this.nodes.list({ appId, recordingId });
    if (running.length === 0) {
      throw new AppError('RECORDING_NOT_FOUND');
    }
    await Promise.all(running.map(({ nodeId }) => this.nodes.stop(nodeId, recordingId)));
    return running.length;
  }

  private async assertThere({ appId, roomId, streamId }: RecordingTarget): Promise<void> {
    if (roomId !== undefined) {
      await this.bus.request(roomRpc.getSnapshot, { appId, roomId });
    } else {
      await this.bus.request(roomAdminRpc.findStream, { appId, streamId: streamId! });
    }
  }

  private assertNew({ appId, roomId, streamId }: RecordingTarget): void {
    for (const [recordingId, { order }] of this.entries) {
      const { target } = order;
      if (target.appId === appId && target.roomId === roomId && target.streamId === streamId) {
        throw new AppError('RECORDING_ALREADY_RUNNING', { details: { recordingId } });
      }
    }
    if (this.entries.size >= mostOrders) {
      throw new AppError('RECORDING_LIMIT_REACHED', { details: { mostOrders } });
    }
  }
}
