import { Inject, Injectable } from '@nestjs/common';
import { type SessionRef } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { roomMetrics } from '../room-metrics.js';
import { configToken } from '../tokens.js';

/** The grace starts shortly after its reminder is set, and must have expired when the reminder is due. */
export const reminderSlackMs = 100;

/**
 * Checks that a live session has a gateway that would suspend it. A process that stops between the steps of a login,
 * a login that Redis executes after its caller has given it up, or a Redis that loses its last writes can leave a
 * session that no gateway knows: it would hold its rooms, and refuse the user's other devices, for ever.
 */
@Injectable()
export class GatewayCheck {
  constructor(
    private readonly store: RoomStore,
    @Inject(configToken) private readonly config: RoomConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Suspends a live session whose gateway is lost; adds any other live one to the list of its gateway. */
  async check(session: SessionRef): Promise<void> {
    const record = await this.findRecord(session);
    if (record?.state !== 'live') {
      return;
    }
    if (await this.store.leases.knowsGateway(record.gatewayId)) {
      await this.bind(session, record.gatewayId);
      return;
    }
    this.logger.warn({ ...session, gatewayId: record.gatewayId }, 'session without a gateway');
    roomMetrics.repairs.inc({ kind: 'session' });
    const graceMs = this.config.POLYROOM_SESSION_GRACE_MS;
    await this.store.leases.remindOfSession(session, graceMs + reminderSlackMs);
    await this.store.user.suspend(session, record.gatewayId, 0, graceMs);
    await this.store.leases.unbindSession(session, record.gatewayId);
  }

  /** A gateway suspends the sessions on its list that it does not hold. */
  private async bind(session: SessionRef, gatewayId: string): Promise<void> {
    if (!(await this.store.leases.bindSession(session, gatewayId))) {
      return;
    }
    const record = await this.findRecord(session);
    if (record?.state !== 'live' || record.gatewayId !== gatewayId) {
      // It was suspended, ended or resumed elsewhere meanwhile.
      await this.store.leases.unbindSession(session, gatewayId);
      return;
    }
    this.logger.warn({ ...session, gatewayId }, 'session missing from the list of its gateway');
    roomMetrics.repairs.inc({ kind: 'binding' });
  }

  private async findRecord({ appId, userId, sessionId }: SessionRef) {
    const { sessions } = await this.store.reader.readUser(appId, userId);
    return sessions.find((record) => record.sessionId === sessionId);
  }
}
