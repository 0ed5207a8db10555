import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type Authority, statementLifetimeSeconds } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { StatementSigner } from '@polyroom/tokens';
import { type Logger } from 'pino';

/** A key is replaced after this. */
const replaceAfterMs = 30 * 60_000;
/** It signs for this long if the database is unavailable and its successor cannot be stored. */
const signForMs = 2 * replaceAfterMs;
const retryMs = 5000;
/** Its statements are accepted for longer: their lifetime, and a difference between clocks. */
const acceptForMs = signForMs + statementLifetimeSeconds * 1000 + 30_000;

/**
 * The signing key of this instance. Only its public half is stored, for the verifiers; the private half is made
 * again every half hour and with every start.
 */
@Injectable()
export class StatementKeys implements OnModuleInit {
  private current: { signer: StatementSigner; replaceAtMs: number; untilMs: number } | undefined;
  private rotating: Promise<void> | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.rotate();
  }

  async sign(authority: Authority): Promise<string> {
    const nowMs = Date.now();
    if (this.current === undefined || this.current.untilMs < nowMs) {
      await this.rotateOnce();
    } else if (this.current.replaceAtMs < nowMs) {
      this.current.replaceAtMs = nowMs + retryMs;
      this.rotateOnce().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'signing key not replaced; it will be retried');
      });
    }
    return this.current!.signer.sign(authority);
  }

  private rotateOnce(): Promise<void> {
    this.rotating ??= this.rotate().finally(() => (this.rotating = undefined));
    return this.rotating;
  }

  /** Stored before it signs, so that a verifier that meets an unknown key finds it. */
  private async rotate(): Promise<void> {
    const nowMs = Date.now();
    const signer = await StatementSigner.create(nowMs + acceptForMs);
    await this.database.statementKeys.add(signer.publicKey);
    this.current = { signer, replaceAtMs: nowMs + replaceAfterMs, untilMs: nowMs + signForMs };
  }
}
