import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type ReplyOf, webhooksChanged, webhooksRpc } from '@polyroom/contracts';

type Hook = ReplyOf<typeof webhooksRpc.readLoginHook>['loginHook'];

/** Should the event that announces a change be lost. */
const ttlMs = 10_000;

/** The login hooks of AppIDs with their secrets, in memory only. */
@Injectable()
export class LoginHooks implements OnModuleInit, OnModuleDestroy {
  private readonly cache: ReadCache<number, Hook>;
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {
    this.cache = new ReadCache({
      read: async (appId) => (await bus.request(webhooksRpc.readLoginHook, { appId })).loginHook,
      ttlMs,
    });
  }

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(webhooksChanged, {}, ({ appId }) => this.cache.delete(appId));
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /** Undefined if the AppID has none. */
  get(appId: number): Promise<Hook> {
    return this.cache.get(appId);
  }
}
