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

/**
 * Which messaging instance takes a room's messages: the same one for all gateways, as long as they hear the same
 * instances. It then has counted everything that is said in the room, and has seen the last entry of its log.
 * Any other instance would number correctly too, so that a change costs nothing but that.
 */
@Injectable()
export class MessagingInstances implements OnModuleInit, OnModuleDestroy {
  private readonly heardAtMs = new Map<string, number>();
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(messagingReported, {}, ({ instanceId, state }) => {
      if (state === 'active') {
        this.heardAtMs.set(instanceId, Date.now());
      } else {
        this.heardAtMs.delete(instanceId);
      }
      sessionMetrics.messagingInstances.set(this.heardAtMs.size);
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
        this.heardAtMs.delete(instanceId);
      }
    }
  }

  private findPresent(): string[] {
    const oldestMs = Date.now() - silentMs;
    for (const [instanceId, atMs] of this.heardAtMs) {
      if (atMs < oldestMs) {
        this.heardAtMs.delete(instanceId);
      }
    }
    return [...this.heardAtMs.keys()];
  }
}
