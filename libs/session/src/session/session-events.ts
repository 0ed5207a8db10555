import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { clientCloseCodes, memberMuteChanged, sessionExpelled, sessionMoved } from '@polyroom/contracts';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';
import { UpstreamMutes } from './upstream-mutes.js';

/** Applies what the room service decides about the sessions of this gateway. */
@Injectable()
export class SessionEvents implements OnModuleInit, OnModuleDestroy {
  private readonly subscriptions: BusSubscription[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    private readonly mutes: UpstreamMutes,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
  ) {}

  onModuleInit(): void {
    const { gatewayId } = this.config;
    const moved = this.bus.subscribe(sessionMoved, { gatewayId }, ({ session: { sessionId }, attach }) => {
      const session = this.registry.find(sessionId);
      if (session !== undefined && session.options.attach < attach) {
        this.lifecycle.release(session, clientCloseCodes.sessionMoved);
      }
    });
    const expelled = this.bus.subscribe(sessionExpelled, { gatewayId }, async (expulsion) => {
      const session = this.registry.find(expulsion.session.sessionId);
      if (session === undefined) {
        return;
      }
      const { roomId, code, reason } = expulsion;
      if (roomId === undefined) {
        await this.lifecycle.expel(session, code, reason);
      } else {
        await this.lifecycle.expelFromRoom(session, roomId, code, reason);
      }
    });
    const muted = this.bus.subscribe(memberMuteChanged, {}, ({ appId, roomId, userId }) => {
      this.registry.all
        .filter(({ ref }) => ref.appId === appId && ref.userId === userId)
        .forEach((session) => void this.mutes.followAll(session, roomId));
    });
    this.subscriptions.push(moved, expelled, muted);
  }

  onModuleDestroy(): void {
    for (const subscription of this.subscriptions) {
      subscription.close();
    }
  }
}
