import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  apiKeyChanged,
  authRpc,
  entitlementsChanged,
  operatorChanged,
  type ReplyOf,
  type RequestOf,
} from '@polyroom/contracts';

type Authorization = ReplyOf<typeof authRpc.authorize>;
type AuthorizeRequest = RequestOf<typeof authRpc.authorize>;

/** Bounds how long a credential works after it was revoked if the event that announces it is lost. */
const ttlMs = 1000;

/**
 * Statements of the credentials that were used within the last second, so that a burst of requests asks auth once.
 * Credentials are remembered as hashes. A refusal is not remembered.
 */
@Injectable()
export class Statements implements OnModuleInit, OnModuleDestroy {
  private readonly pending = new Map<string, AuthorizeRequest>();
  private readonly statements: ReadCache<string, Authorization>;
  private subscriptions: BusSubscription[] = [];

  constructor(private readonly bus: Bus) {
    this.statements = new ReadCache({
      read: (key) => bus.request(authRpc.authorize, this.pending.get(key)!),
      ttlMs,
    });
  }

  /** Changes are rare: forgetting all statements costs one request for each. */
  onModuleInit(): void {
    const forget = () => this.statements.clear();
    this.subscriptions = [
      this.bus.subscribe(apiKeyChanged, {}, forget),
      this.bus.subscribe(operatorChanged, {}, forget),
      // The AppID may be disabled.
      this.bus.subscribe(entitlementsChanged, {}, forget),
    ];
  }

  onModuleDestroy(): void {
    this.subscriptions.forEach((subscription) => subscription.close());
  }

  /** Throws the error with which auth refuses the credential. */
  get(request: AuthorizeRequest): Promise<Authorization> {
    const { credential, permission, appId } = request;
    const hash = createHash('sha256').update(credential, 'utf8').digest('base64url');
    const key = `${hash} ${permission} ${appId ?? ''}`;
    this.pending.set(key, request);
    try {
      return this.statements.get(key);
    } finally {
      this.pending.delete(key);
    }
  }
}
