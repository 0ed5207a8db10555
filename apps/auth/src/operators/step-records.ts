import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { operatorChanged } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { Database, type OperatorRecord } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { SignInFailures } from '../authority/sign-in-failures.js';
import { type LibraryAnswer, type StepRequest } from './library-client.js';
import { type LibraryStep } from './step-requests.js';

/** Steps that end sessions of the operator: gateways forget them. */
const endsSessions: ReadonlySet<LibraryStep> = new Set<LibraryStep>([
  'signOut',
  'changePassword',
  'removeTotp',
  'verifyTotp',
]);
/** What an operator does with its own account. */
const ownActs: Partial<Record<LibraryStep, string>> = {
  verifyTotp: 'operator.enrolTotp',
  removeTotp: 'operator.removeTotp',
  renewRecoveryCodes: 'operator.renewRecoveryCodes',
  enrolPasskey: 'operator.addPasskey',
  removePasskey: 'operator.removePasskey',
};
/** Steps that complete a sign-in, unless the operator is signed in already. */
const signsIn: ReadonlySet<LibraryStep> = new Set<LibraryStep>([
  'signIn',
  'verifyTotp',
  'verifyRecoveryCode',
  'passkeySignIn',
]);

/** Writes the audit of the steps, and announces ended sessions. */
@Injectable()
export class StepRecords {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly failures: SignInFailures,
  ) {}

  async noteRefusal(
    step: LibraryStep,
    { body, clientAddress, requestId }: StepRequest,
    signedIn: OperatorRecord | undefined,
  ): Promise<void> {
    const email = signedIn?.email ?? body['email'];
    const reason = `operator${typeof email === 'string' ? ` ${email}` : ''}: ${step} refused`;
    await this.failures.add({ clientAddress, requestId, reason });
  }

  async noteSuccess(
    step: LibraryStep,
    request: StepRequest,
    { body }: LibraryAnswer,
    signedIn: OperatorRecord | undefined,
  ): Promise<void> {
    const { user } = body as { user?: { id: string; email: string } };
    if (signedIn !== undefined) {
      await this.noteOwnAct(step, request, signedIn);
    } else if (user !== undefined && signsIn.has(step)) {
      await this.noteSignIn(step, request, user.id, user.email);
    }
    if (signedIn !== undefined && endsSessions.has(step)) {
      this.announce(signedIn.operatorId);
    }
  }

  async noteSignIn(
    step: LibraryStep,
    request: StepRequest,
    operatorId: string,
    email: string,
  ): Promise<void> {
    this.logger.info({ step, operatorId, address: request.clientAddress }, 'operator signed in');
    await this.database.audit.record([
      { ...originOf(request, email), action: 'operator.signIn', subject: email, after: { step } },
    ]);
  }

  announce(operatorId: string): void {
    this.bus.publish(operatorChanged, {}, { operatorId });
  }

  private async noteOwnAct(
    step: LibraryStep,
    request: StepRequest,
    { operatorId, email }: OperatorRecord,
  ): Promise<void> {
    const origin = originOf(request, email);
    if (step === 'changePassword') {
      await this.database.operators.notePasswordChange(operatorId, origin);
    }
    const action = ownActs[step];
    if (action !== undefined) {
      await this.database.audit.record([{ ...origin, action, subject: email }]);
    }
  }
}

export const originOf = ({ clientAddress, requestId }: StepRequest, actor: string) => ({
  ...{ actor, address: clientAddress, requestId },
});
