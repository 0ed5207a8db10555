import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { roomRpc } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import pLimit from 'p-limit';
import { type Logger } from 'pino';
import { type ClientSession } from './client-session.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';

/** A banned network, or a disabled AppID, may have thousands of sessions here. */
const maxRequests = 64;
const attempts = 5;
const firstDelayMs = 1000;

/** Ends sessions that a gateway itself finds banned or disabled. */
@Injectable()
export class SessionExpulsion {
  private readonly requests = pLimit(maxRequests);

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Ends media and local state at once, so that no request of the session is carried out; the report to the room
   * service is retried. Never rejects.
   */
  async run(session: ClientSession, code: number): Promise<void> {
    const ending = this.lifecycle.expel(session, code, undefined);
    // Until the report arrives, the room service lists the session at this gateway.
    const reporting = this.registry.expecting(session.sessionId, () => this.report(session, code));
    await Promise.allSettled([ending, reporting]);
  }

  private async report(session: ClientSession, code: number): Promise<void> {
    // A login that is pending at the room service would otherwise be admitted after the end.
    await session.whenLoginsSettled();
    await retry(() => this.requests(() => this.bus.request(roomRpc.endSession, { session: session.ref })), {
      attempts,
      firstDelayMs,
      onFailure: (error, attempt) =>
        this.logger.warn(
          { err: error, sessionId: session.sessionId, code, attempt },
          'expelled session not ended',
        ),
    }).catch(() => undefined);
  }
}
