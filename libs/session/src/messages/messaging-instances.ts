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

/** Who has said nothing for so long gets nothing more. */
const silentMs = 4000;

interface Report {
  atMs: number;
  /** AppIDs with a moderation hook. */
  moderatedAppIds: ReadonlySet<number>;
}

/**
 * Which messaging instance takes a room's messages: the same one for all gateways, as long as they hear the same
 * instances. It then has counted everything that is said in the room, and has seen the last entry of its log.
 * Any other instance would number correctly too, so that a change costs nothing but that.
 */
@Injectable()
export class MessagingInstances implements OnModuleInit, OnModuleDestroy {
  private readonly heard = new Map<string, Report>();
  /** Whether or not its instance is still there; undefined before the first one. */
  private lastReport: Report | undefined;
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(messagingReported, {}, (report) => {
      const { instanceId, state, moderatedAppIds } = report;
      this.lastReport = { atMs: Date.now(), moderatedAppIds: new Set(moderatedAppIds) };
      if (state === 'active') {
        this.heard.set(instanceId, this.lastReport);
      } else {
        this.heard.delete(instanceId);
      }
      sessionMetrics.messagingInstances.set(this.heard.size);
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /**
   * Asks the instance of a room, or of an AppID where no room is named; the next one where it is not there; any
   * where none has been heard of.
   */
  async ask<C extends RpcContract>(
    contract: C,
    { appId, roomId }: { appId: number; roomId?: string },
    request: RequestOf<C>,
  ): Promise<ReplyOf<C>> {
    const key = roomId === undefined ? `${appId}` : `${appId}:${roomId}`;
    for (;;) {
      const instanceId = chooseByRendezvous(this.findPresent(), key);
      if (instanceId === undefined) {
        return this.bus.request(contract, request);
      }
      try {
        return await this.bus.request(contract, request, { instanceId });
      } catch (error) {
        // Nobody has heard it: asking again says nothing twice.
        if (!AppError.is(error, 'BUS_UNAVAILABLE')) {
          throw error;
        }
        this.heard.delete(instanceId);
      }
    }
  }

  /**
   * Whether one of the instances has a moderation hook for the AppID: they differ while their configuration is
   * being changed. True while none has been heard of, so that one is asked.
   */
  mayModerate(appId: number): boolean {
    const { lastReport } = this;
    return (
      lastReport === undefined ||
      [lastReport, ...this.heard.values()].some(({ moderatedAppIds }) => moderatedAppIds.has(appId))
    );
  }

  private findPresent(): string[] {
    const oldestMs = Date.now() - silentMs;
    for (const [instanceId, { atMs }] of this.heard) {
      if (atMs < oldestMs) {
        this.heard.delete(instanceId);
      }
    }
    return [...this.heard.keys()];
  }
}
