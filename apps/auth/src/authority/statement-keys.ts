import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type Authority, statementLifetimeSeconds } from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { StatementSigner } from '@polyroom/tokens';

/** A key signs for this long. */
const signForMs = 30 * 60_000;
/** Its statements are accepted for longer: their lifetime, and a difference between clocks. */
const acceptForMs = signForMs + statementLifetimeSeconds * 1000 + 30_000;

/**
 * The signing key of this instance. Only its public half is stored, for the verifiers; the private half is made
 * again every half hour and with every start.
 */
@Injectable()
export class StatementKeys implements OnModuleInit {
  private current: { signer: StatementSigner; untilMs: number } | undefined;
  private rotating: Promise<void> | undefined;

  constructor(@Inject(Database) private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    await this.rotate();
  }

  async sign(authority: Authority): Promise<string> {
    if (this.current === undefined || this.current.untilMs < Date.now()) {
      this.rotating ??= this.rotate().finally(() => (this.rotating = undefined));
      await this.rotating;
    }
    return this.current!.signer.sign(authority);
  }

  /** Stored before it signs, so that a verifier that meets an unknown key finds it. */
  private async rotate(): Promise<void> {
    const nowMs = Date.now();
    const signer = await StatementSigner.create(nowMs + acceptForMs);
    await this.database.statementKeys.add(signer.publicKey);
    this.current = { signer, untilMs: nowMs + signForMs };
  }
}
