import { Controller, Inject } from '@nestjs/common';
import { AppError, operatorSessionRpc, type ReplyOf } from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { Database, type OperatorRecord } from '@polyroom/persistence';
import { type AccountSettings, accountSettingsToken } from './account-settings.js';
import { type LibraryAnswer, LibraryClient, type StepRequest } from './library-client.js';
import { checkNewPassword } from './password.js';
import { originOf, StepRecords } from './step-records.js';
import { toStepReply } from './step-replies.js';
import { type LibraryStep } from './step-requests.js';

type Reply = ReplyOf<typeof operatorSessionRpc.takeStep>;
type Body = Record<string, unknown>;

/** The operator of a request, and its session. */
interface Own {
  operator: OperatorRecord;
  session: operatorSessionRpc.StepReply<'getSession'>['session'];
  setCookies: string[];
}

/** Steps for which it does not matter whether there is a session. */
const startsAnew: ReadonlySet<LibraryStep> = new Set<LibraryStep>([
  'signIn',
  'beginPasskeySignIn',
  'passkeySignIn',
  'beginOidc',
  'finishOidc',
]);
/** What a session with a temporary password may do, beside the steps above. */
const withTemporaryPassword: ReadonlySet<LibraryStep> = new Set<LibraryStep>(['signOut', 'changePassword']);

/** Sign-in of operators, and their own accounts: passes each step to better-auth. */
@Controller()
export class SessionHandler {
  constructor(
    @Inject(accountSettingsToken) private readonly settings: AccountSettings,
    @Inject(Database) private readonly database: Database,
    private readonly library: LibraryClient,
    private readonly records: StepRecords,
  ) {}

  @RpcHandler(operatorSessionRpc.takeStep)
  async takeStep(request: StepRequest): Promise<Reply> {
    const body = operatorSessionRpc.sessionSteps[request.step].body.parse(request.body) as Body;
    const parsed = { ...request, body };
    switch (request.step) {
      case 'listMethods':
        return reply({ password: true, passkey: true, oidc: this.settings.oidc?.name ?? null });
      case 'listSessions':
        return this.listSessions(parsed);
      case 'endSession':
        return this.endSession(parsed, String(body['sessionId']));
      case 'getSession': {
        const { operator, session, setCookies } = await this.findOwn(parsed);
        return reply({ operator, session }, setCookies);
      }
      default:
        return this.takeLibraryStep(request.step, parsed);
    }
  }

  private async takeLibraryStep(step: LibraryStep, request: StepRequest): Promise<Reply> {
    const signedIn = startsAnew.has(step) ? undefined : (await this.findIfSignedIn(request))?.operator;
    if (signedIn?.mustChangePassword === true && !withTemporaryPassword.has(step)) {
      throw new AppError('ADMIN_PASSWORD_CHANGE_REQUIRED');
    }
    if (step === 'changePassword') {
      await checkChange(request.body, signedIn);
    }
    try {
      const answer = await this.library.ask(step, request);
      if (step === 'verifyTotp') {
        await this.refuseReplay(request, answer, signedIn);
      }
      if (step === 'finishOidc') {
        await this.noteOidc(request, answer);
      }
      await this.records.noteSuccess(step, request, answer, signedIn);
      const { setCookies, location } = answer;
      return {
        ...{ body: toStepReply(step, answer.body), setCookies },
        ...(location === undefined ? {} : { redirectTo: location }),
      };
    } catch (error) {
      if (AppError.is(error, 'ADMIN_SIGN_IN_REFUSED') || (step === 'finishOidc' && AppError.is(error))) {
        await this.records.noteRefusal(step, request, signedIn);
      }
      if (step === 'finishOidc' && AppError.is(error) && error.fault === 'client') {
        // The browser shows this answer as a page: the console explains it.
        return { ...reply({}), redirectTo: `${this.settings.consoleOrigins[0]}/admin.html?error=refused` };
      }
      throw error;
    }
  }

  /** A code that was seen once must not open another session: the library accepts it for 90 s. */
  private async refuseReplay(
    { body: { code } }: StepRequest,
    { body }: LibraryAnswer,
    signedIn: OperatorRecord | undefined,
  ): Promise<void> {
    const { user, token } = body as { user?: { id: string }; token?: string };
    const operatorId = signedIn?.operatorId ?? user?.id;
    if (operatorId === undefined || (await this.database.operators.useTotpCode(operatorId, String(code)))) {
      return;
    }
    if (signedIn === undefined && token !== undefined) {
      await this.database.operators.dropSession(token);
    }
    throw new AppError('ADMIN_SIGN_IN_REFUSED');
  }

  /** The library redirects in any case; with a session, its cookie comes along. */
  private async noteOidc(request: StepRequest, { setCookies }: LibraryAnswer): Promise<void> {
    const prefix = `${operatorSessionRpc.sessionCookieName}=`;
    const cookie = setCookies.find((each) => each.startsWith(prefix))?.split(';')[0];
    const own = cookie === undefined ? undefined : await this.findIfSignedIn({ ...request, cookie });
    await (own === undefined
      ? this.records.noteRefusal('finishOidc', request, undefined)
      : this.records.noteSignIn('finishOidc', request, own.operator.operatorId, own.operator.email));
  }

  private async listSessions(request: StepRequest): Promise<Reply> {
    const own = await this.findWithOwnPassword(request);
    const sessions = await this.database.operators.listSessions(own.operator.operatorId);
    return reply({
      sessions: sessions.map((session) => ({
        ...session,
        current: session.sessionId === own.session.sessionId,
      })),
    });
  }

  private async endSession(request: StepRequest, sessionId: string): Promise<Reply> {
    const { operatorId, email } = (await this.findWithOwnPassword(request)).operator;
    if ((await this.database.operators.endSessions(operatorId, sessionId, originOf(request, email))) === 0) {
      throw new AppError('ADMIN_SESSION_NOT_FOUND');
    }
    this.records.announce(operatorId);
    return reply({});
  }

  /** Throws ADMIN_UNAUTHENTICATED without a session. */
  private async findOwn(request: StepRequest): Promise<Own> {
    const answer = await this.library.ask('getSession', request);
    const { user, session } = Object(answer.body) as {
      user?: { id: string };
      session?: { id: string; createdAt: string; expiresAt: string; ipAddress?: string; userAgent?: string };
    };
    const operator =
      user === undefined ? undefined : await this.database.operators.find({ operatorId: user.id });
    if (operator?.enabled !== true || session === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    return {
      operator,
      session: {
        sessionId: session.id,
        createdAtMs: Date.parse(session.createdAt),
        expiresAtMs: Date.parse(session.expiresAt),
        address: session.ipAddress ?? null,
        userAgent: session.userAgent ?? null,
      },
      setCookies: answer.setCookies,
    };
  }

  /** Throws ADMIN_PASSWORD_CHANGE_REQUIRED while the password is a temporary one. */
  private async findWithOwnPassword(request: StepRequest): Promise<Own> {
    const own = await this.findOwn(request);
    if (own.operator.mustChangePassword) {
      throw new AppError('ADMIN_PASSWORD_CHANGE_REQUIRED');
    }
    return own;
  }

  private async findIfSignedIn(request: StepRequest): Promise<Own | undefined> {
    return this.findOwn(request).catch((error: unknown) => {
      if (AppError.is(error, 'ADMIN_UNAUTHENTICATED')) {
        return undefined;
      }
      throw error;
    });
  }
}

const reply = (body: Body, setCookies: string[] = []): Reply => ({ body, setCookies });

async function checkChange(body: Body, operator: OperatorRecord | undefined): Promise<void> {
  if (operator === undefined) {
    throw new AppError('ADMIN_UNAUTHENTICATED');
  }
  const { currentPassword, newPassword } = body as operatorSessionRpc.StepBody<'changePassword'>;
  if (currentPassword === newPassword) {
    throw new AppError('ADMIN_PASSWORD_WEAK', {
      message: 'The new password is the current one.',
      details: { path: 'newPassword' },
    });
  }
  await checkNewPassword(newPassword, [operator.email, operator.name]);
}
