import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UsageReporter } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { SessionRegistry } from './session-registry.js';

/**
 * Counts how long sessions are connected to this gateway, and how long they are in rooms. A login costs nothing but
 * the time of day; running sessions are counted once per report.
 */
@Injectable()
export class SessionUsage implements OnModuleInit {
  /** Until when a session, and its membership of a room, has been counted. Unix ms. */
  private readonly sessions = new WeakMap<ClientSession, number>();
  private readonly memberships = new WeakMap<Membership, number>();

  constructor(
    private readonly registry: SessionRegistry,
    private readonly usage: UsageReporter,
  ) {}

  onModuleInit(): void {
    this.usage.collectWith(() => this.registry.all.forEach((session) => this.count(session)));
  }

  /** Counts the session until it ends on this gateway. */
  watch(session: ClientSession): void {
    this.sessions.set(session, Date.now());
    session.onEntered((membership) => this.memberships.set(membership, Date.now()));
    session.onLeft((membership) => this.countMembership(session, membership));
    session.whenEnded(() => this.count(session));
  }

  private count(session: ClientSession): void {
    const fromMs = this.sessions.get(session);
    // A session that is not settled yet may be refused.
    if (fromMs === undefined || !session.isSettled) {
      return;
    }
    const untilMs = Date.now();
    this.sessions.set(session, untilMs);
    const { appId, userId } = session.ref;
    this.usage.addTime({ appId, roomId: '', userId }, 'sessionMs', fromMs, untilMs);
    session.memberships.forEach((membership) => this.countMembership(session, membership));
  }

  private countMembership({ ref: { appId, userId } }: ClientSession, membership: Membership): void {
    const fromMs = this.memberships.get(membership);
    if (fromMs === undefined) {
      return;
    }
    const untilMs = Date.now();
    this.memberships.set(membership, untilMs);
    this.usage.addTime({ appId, roomId: membership.roomId, userId }, 'memberMs', fromMs, untilMs);
  }
}
