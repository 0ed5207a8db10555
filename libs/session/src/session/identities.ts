import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  authRpc,
  entitlementsChanged,
  type Grants,
  type LoginHookTerms,
  type ReplyOf,
  type RequestOf,
} from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';
import { LoginDecisions } from './login-decisions.js';

type Credentials = RequestOf<typeof authRpc.authenticate>;

interface Accepted {
  appSignHash: Buffer;
  reply: ReplyOf<typeof authRpc.authenticate>;
}

/** A change is announced; should the announcement be lost, this is how long an old AppSign can hold. */
const ttlMs = 1000;
const rememberedApps = 1000;

/**
 * Authenticates users with auth. An AppSign is the same for all users of its AppID, so an accepted one is cached for
 * a short time. A token is verified each time.
 */
@Injectable()
export class Identities implements OnModuleInit, OnModuleDestroy {
  private readonly accepted = new LRUCache<number, Accepted>({
    max: rememberedApps,
    ttl: ttlMs,
    ttlResolution: 0,
  });
  private changes = 0;
  private subscription: BusSubscription | undefined;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    private readonly decisions: LoginDecisions,
  ) {}

  onModuleInit(): void {
    // Also published when an AppID is switched off.
    this.subscription = this.bus.subscribe(entitlementsChanged, {}, ({ appId }) => {
      this.changes += 1;
      this.accepted.delete(appId);
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /**
   * Throws with the code of what is wrong with the credentials, or the refusal of the application. Without a login hook
   * nothing else is asked.
   */
  async authenticate(
    credentials: Credentials,
    timeoutMs: number,
    act: 'login' | 'renew' = 'login',
  ): Promise<Grants> {
    const { grants, hook } = await this.identify(credentials, timeoutMs);
    return hook === undefined ? grants : this.askApplication(hook, credentials, act, grants);
  }

  private askApplication(
    hook: LoginHookTerms,
    { appId, roomId, userId, clientAddress }: Credentials,
    act: 'login' | 'renew',
    grants: Grants,
  ): Promise<Grants> {
    const address = clientAddress === undefined ? {} : { clientAddress };
    return this.decisions.decide(hook, { appId, roomId, userId, act, ...address }, grants);
  }

  private async identify(credentials: Credentials, timeoutMs: number): Promise<Accepted['reply']> {
    const { appId, appSign, token } = credentials;
    const isByAppSign = appSign !== undefined && (token === undefined || token === '');
    const appSignHash = isByAppSign ? createHash('sha256').update(appSign).digest() : undefined;
    const known = this.accepted.get(appId);
    const askedAtMs = performance.now();
    if (appSignHash !== undefined && known !== undefined && timingSafeEqual(appSignHash, known.appSignHash)) {
      return known.reply;
    }
    const { changes } = this;
    const reply = await this.bus.request(authRpc.authenticate, credentials, { timeoutMs });
    if (appSignHash !== undefined && changes === this.changes) {
      this.accepted.set(appId, { appSignHash, reply }, { start: askedAtMs });
    }
    return reply;
  }
}
