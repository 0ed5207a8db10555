import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { authRpc, isRevokedBy, isToken, type PayloadOf, tokensRevoked } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from 'pino';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { SessionRegistry } from './session-registry.js';
import { TokenExpiry } from './token-expiry.js';

type Revoked = PayloadOf<typeof tokensRevoked>;

/** Longer than a login may take: its token may be revoked after auth has accepted it. */
const recentMs = 30_000;
const everyMs = 10_000;

/**
 * Removes sessions from the rooms whose token is revoked (1190403). Auth announces revocations; the versions are
 * compared periodically in case an event is lost.
 */
@Injectable()
export class RevokedTokens implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  /** By AppID, oldest first. */
  private readonly recent = new Map<number, { event: Revoked; atMs: number }[]>();
  /** The version of the revocations that the sessions of an AppID were checked against. */
  private readonly versions = new Map<number, number>();
  private readonly work: PeriodicWork;
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly expiry: TokenExpiry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: everyMs,
      jitter: 0.25,
      run: () => this.compareAll(),
      onError: (error) => logger.warn({ err: error }, 'revocations not compared'),
    });
  }

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(tokensRevoked, {}, (event) => this.handle(event));
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  /** Not awaited: while auth is away, a run takes as long as its deadlines. */
  onModuleDestroy(): void {
    this.subscription?.close();
    void this.work.close();
  }

  /** Call it when a token of the session has changed: it may have been revoked since auth accepted it. */
  watch(session: ClientSession): void {
    const sinceMs = performance.now() - recentMs;
    for (const { event, atMs } of this.recent.get(session.ref.appId) ?? []) {
      if (atMs >= sinceMs) {
        this.apply(session, event);
      }
    }
  }

  /** The rooms of the session whose token is revoked. Rejects if auth does not answer. */
  async findIn(session: ClientSession): Promise<Membership[]> {
    const { appId } = session.ref;
    const revoked = [];
    for (const page of pagesOf(heldTokens([session]))) {
      revoked.push(...(await this.ask(appId, page)));
    }
    return revoked.map(({ membership }) => membership);
  }

  /** One comparison of all sessions. */
  async compareAll(): Promise<void> {
    this.forgetOld();
    const byApp = new Map<number, HeldToken[]>();
    for (const held of heldTokens(this.registry.all)) {
      const { appId } = held.session.ref;
      byApp.set(appId, byApp.get(appId) ?? []);
      byApp.get(appId)!.push(held);
    }
    for (const appId of this.versions.keys()) {
      if (!byApp.has(appId)) {
        this.versions.delete(appId);
      }
    }
    for (const [appId, tokens] of byApp) {
      try {
        await this.compare(appId, tokens);
      } catch (error) {
        // The AppIDs that follow are compared all the same.
        this.logger.warn({ err: error, appId }, 'revocations not compared');
      }
    }
  }

  private async compare(appId: number, tokens: HeldToken[]): Promise<void> {
    const { version } = await this.bus.request(authRpc.findRevoked, { appId, tokens: [] });
    if (version === (this.versions.get(appId) ?? 0)) {
      return;
    }
    for (const page of pagesOf(tokens)) {
      for (const { session, membership } of await this.ask(appId, page)) {
        void this.expiry.expire(session, [membership], 'ROOM_TOKEN_REVOKED');
      }
    }
    this.versions.set(appId, version);
  }

  private async ask(appId: number, tokens: HeldToken[]): Promise<HeldToken[]> {
    const { revoked } = await this.bus.request(authRpc.findRevoked, {
      appId,
      tokens: tokens.map(({ session, membership: { token } }) => ({
        userId: session.ref.userId,
        ...(token.issuedAtMs === undefined ? {} : { issuedAtMs: token.issuedAtMs }),
        ...(token.tokenId === undefined ? {} : { tokenId: token.tokenId }),
        ...(token.undated === undefined ? {} : { undated: token.undated }),
      })),
    });
    return revoked.flatMap((index) => tokens[index] ?? []);
  }

  private handle(event: Revoked): void {
    const recent = this.recent.get(event.appId) ?? [];
    this.recent.set(event.appId, recent);
    recent.push({ event, atMs: performance.now() });
    for (const session of this.registry.all) {
      this.apply(session, event);
    }
    if (event.version === (this.versions.get(event.appId) ?? 0) + 1) {
      this.versions.set(event.appId, event.version);
    }
  }

  private apply(session: ClientSession, { appId, revocation }: Revoked): void {
    const { ref } = session;
    if (ref.appId !== appId || (revocation.userId !== undefined && revocation.userId !== ref.userId)) {
      return;
    }
    const revoked = session.memberships.filter(({ token }) => isRevokedBy(revocation, ref.userId, token));
    if (revoked.length > 0) {
      void this.expiry.expire(session, revoked, 'ROOM_TOKEN_REVOKED');
    }
  }

  private forgetOld(): void {
    const sinceMs = performance.now() - recentMs;
    for (const [appId, events] of this.recent) {
      const left = events.filter(({ atMs }) => atMs >= sinceMs);
      if (left.length === 0) {
        this.recent.delete(appId);
      } else {
        this.recent.set(appId, left);
      }
    }
  }
}

interface HeldToken {
  session: ClientSession;
  membership: Membership;
}

function heldTokens(sessions: readonly ClientSession[]): HeldToken[] {
  return sessions.flatMap((session) =>
    session.memberships.filter(({ token }) => isToken(token)).map((membership) => ({ session, membership })),
  );
}

function pagesOf(tokens: readonly HeldToken[]): HeldToken[][] {
  const pages = Math.ceil(tokens.length / authRpc.maxTokensToCheck);
  return Array.from({ length: pages }, (_, page) =>
    tokens.slice(page * authRpc.maxTokensToCheck, (page + 1) * authRpc.maxTokensToCheck),
  );
}
