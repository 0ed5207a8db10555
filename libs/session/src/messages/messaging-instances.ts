import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  messagingReported,
  type ReplyOf,
  type RequestOf,
  type RpcContract,
} from '@polyroom/contracts';
import { sessionMetrics } from '../session-metrics.js';
import { chooseByRendezvous } from './rendezvous.js';

/** An instance without a report for this long is no longer used. */
const silentMs = 4000;

interface Report {
  atMs: number;
  /** AppIDs with a moderation hook. */
  moderatedAppIds: ReadonlySet<number>;
}

/**
 * Chooses the messaging instance of a room: the same one for all gateways, as long as they know the same
 * instances. That instance has counted all messages of the room and knows the last entry of its log. Any
 * other instance would also number correctly, so a change only costs these caches.
 */
@Injectable()
export class MessagingInstances implements OnModuleInit, OnModuleDestroy {
  private readonly reports = new Map<string, Report>();
  /** Kept even if its instance has ended; undefined before the first report. */
  private lastReport: Report | undefined;
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(messagingReported, {}, (report) => {
      const { instanceId, state, moderatedAppIds } = report;
      this.lastReport = { atMs: Date.now(), moderatedAppIds: new Set(moderatedAppIds) };
      if (state === 'active') {
        this.reports.set(instanceId, this.lastReport);
      } else {
        this.reports.delete(instanceId);
      }
      sessionMetrics.messagingInstances.set(this.reports.size);
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /**
   * Sends a request to the instance of a room, or of an AppID if no room is named; to the next one if it is
   * unavailable; to the service's queue group if no instance is known.
   */
  async ask<C extends RpcContract>(
    contract: C,
    { appId, roomId }: { appId: number; roomId?: string },
    request: RequestOf<C>,
    options: { statement?: string } = {},
  ): Promise<ReplyOf<C>> {
    const key = roomId === undefined ? `${appId}` : `${appId}:${roomId}`;
    for (;;) {
      const instanceId = chooseByRendezvous(this.findPresent(), key);
      if (instanceId === undefined) {
        return this.bus.request(contract, request, options);
      }
      try {
        return await this.bus.request(contract, request, { ...options, instanceId });
      } catch (error) {
        // The request had no receiver, so a retry cannot duplicate it.
        if (!AppError.is(error, 'BUS_UNAVAILABLE')) {
          throw error;
        }
        this.reports.delete(instanceId);
      }
    }
  }

  /**
   * Whether one of the instances has a moderation hook for the AppID: they differ while their configuration
   * is being changed. True while no instance is known, so that one is asked.
   */
  mayModerate(appId: number): boolean {
    const { lastReport } = this;
    return (
      lastReport === undefined ||
      [lastReport, ...this.reports.values()].some(({ moderatedAppIds }) => moderatedAppIds.has(appId))
    );
  }

  private findPresent(): string[] {
    const oldestMs = Date.now() - silentMs;
    for (const [instanceId, { atMs }] of this.reports) {
      if (atMs < oldestMs) {
        this.reports.delete(instanceId);
      }
    }
    return [...this.reports.keys()];
  }
}
