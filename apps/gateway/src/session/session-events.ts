import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { sessionExpelled } from '@polyroom/contracts';
import { type GatewayConfig } from '../gateway.config.js';
import { GATEWAY_CONFIG } from '../gateway-tokens.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';

/** Hears what the room service decides over the sessions of this gateway. */
@Injectable()
export class SessionEvents implements OnModuleInit, OnModuleDestroy {
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  onModuleInit(): void {
    const { gatewayId } = this.config;
    this.subscription = this.bus.subscribe(sessionExpelled, { gatewayId }, async (expulsion) => {
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
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }
}
