import { Controller, Inject } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  operatorChanged,
  operatorSessionRpc,
  type ParsedRequestOf,
  type ReplyOf,
} from '@polyroom/contracts';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { Database, type OperatorRecord, toDatabaseError } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { SignInFailures } from '../authority/sign-in-failures.js';
import { type AccountSettings, accountSettingsToken } from './account-settings.js';
import { type Accounts, accountsToken, addressHeader, sessionBasePath } from './accounts.js';
import { toAppError } from './library-errors.js';
import { checkNewPassword } from './password.js';
import { type LibraryStep, stepRequests } from './step-requests.js';

type TakeStep = typeof operatorSessionRpc.takeStep;
type Request = ParsedRequestOf<TakeStep>;
type Reply = ReplyOf<TakeStep>;
type Body = Record<string, unknown>;

interface Answer {
  body: Body;
  setCookies: string[];
  location: string | undefined;
}

/** The operator of a request, and its session. */
interface Own {
  operator: OperatorRecord;
  session: operatorSessionRpc.StepReply<'getSession'>['session'];
  setCookies: string[];
}

/** Steps that may end sessions of the operator, or start with another one: gateways forget the old ones. */
const endsSessions: ReadonlySet<string> = new Set(['signOut', 'changePassword', 'removeTotp', 'verifyTotp']);
/** Steps that complete a sign-in. */
const signsIn: ReadonlySet<string> = new Set([
  'signIn',
  'verifyTotp',
  'verifyRecoveryCode',
  'passkeySignIn',
  'finishOidc',
]);
/** Acts on the own account that are audited. */
const auditedActs: Partial<Record<LibraryStep, string>> = {
  removeTotp: 'operator.removeTotp',
  renewRecoveryCodes: 'operator.renewRecoveryCodes',
  enrolPasskey: 'operator.addPasskey',
  removePasskey: 'operator.removePasskey',
};
/** What a session with a temporary password may do. */
const withTemporaryPassword: ReadonlySet<string> = new Set([
  'listMethods',
  'signIn',
  'verifyTotp',
  'verifyRecoveryCode',
  'signOut',
  'getSession',
  'changePassword',
]);

/** Sign-in of operators, and their own accounts: passes each step to better-auth. */
@Controller()
export class SessionHandler {
  constructor(
    @Inject(accountsToken) private readonly accounts: Accounts,
    @Inject(accountSettingsToken) private readonly settings: AccountSettings,
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly failures: SignInFailures,
  ) {}

  @RpcHandler(operatorSessionRpc.takeStep)
  async takeStep(request: Request): Promise<Reply> {
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

  private async takeLibraryStep(step: LibraryStep, request: Request): Promise<Reply> {
    const own =
      withTemporaryPassword.has(step) || signsIn.has(step) ? undefined : await this.findIfSignedIn(request);
    if (own?.operator.mustChangePassword === true) {
      throw new AppError('ADMIN_PASSWORD_CHANGE_REQUIRED');
    }
    const before = step === 'signOut' || step === 'changePassword' ? await this.findIfSignedIn(request) : own;
    if (step === 'changePassword') {
      this.checkChange(request.body, before?.operator);
    }
    const answer = await this.ask(step, request).catch(async (error: unknown) => {
      await this.noteRefusal(step, request, before?.operator, error);
      throw error;
    });
    await this.noteSuccess(step, request, answer, before?.operator);
    return { body: toStepReply(step, answer.body), setCookies: answer.setCookies, ...redirect(answer) };
  }

  private checkChange(body: Body, operator: OperatorRecord | undefined): void {
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
    checkNewPassword(newPassword, [operator.email, operator.name]);
  }

  private async listSessions(request: Request): Promise<Reply> {
    const own = await this.findOwn(request);
    const sessions = await this.database.operators.listSessions(own.operator.operatorId);
    return reply({
      sessions: sessions.map((session) => ({
        ...session,
        current: session.sessionId === own.session.sessionId,
      })),
    });
  }

  private async endSession(request: Request, sessionId: string): Promise<Reply> {
    const { operatorId, email } = (await this.findOwn(request)).operator;
    if ((await this.database.operators.endSessions(operatorId, sessionId, originOf(request, email))) === 0) {
      throw new AppError('ADMIN_SESSION_NOT_FOUND');
    }
    this.bus.publish(operatorChanged, {}, { operatorId });
    return reply({});
  }

  /** Throws ADMIN_UNAUTHENTICATED without a session. */
  private async findOwn(request: Request): Promise<Own> {
    const answer = await this.ask('getSession', request);
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

  private async findIfSignedIn(request: Request): Promise<Own | undefined> {
    return this.findOwn(request).catch((error: unknown) => {
      if (AppError.is(error, 'ADMIN_UNAUTHENTICATED')) {
        return undefined;
      }
      throw error;
    });
  }

  private async ask(step: LibraryStep, { body, cookie, userAgent, clientAddress }: Request): Promise<Answer> {
    const [consoleUrl] = this.settings.consoleOrigins;
    const { method, path, body: sent = {} } = stepRequests[step](body, `${consoleUrl}/admin.html`);
    const url = new URL(`${sessionBasePath}${path}`, this.settings.adminUrl);
    const headers = new Headers({
      // The gateway has checked the origin of the browser.
      origin: consoleUrl,
      ...(cookie === undefined ? {} : { cookie }),
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
      ...(clientAddress === undefined ? {} : { [addressHeader]: clientAddress }),
    });
    if (method === 'GET') {
      Object.entries(sent).forEach(([name, value]) => url.searchParams.set(name, String(value)));
    } else {
      headers.set('content-type', 'application/json');
    }
    const response = await this.accounts
      .handler(
        new Request(url, { method, headers, ...(method === 'GET' ? {} : { body: JSON.stringify(sent) }) }),
      )
      .catch((error: unknown) => {
        throw toDatabaseError(error) ?? withoutRequest(error);
      });
    const text = await response.text();
    const answer: unknown = text === '' ? {} : JSON.parse(text);
    if (response.status >= 400) {
      throw toAppError(response.status, answer);
    }
    return {
      body: (answer ?? {}) as Body,
      setCookies: response.headers.getSetCookie(),
      location: response.headers.get('location') ?? undefined,
    };
  }

  private async noteRefusal(
    step: LibraryStep,
    { body, clientAddress, requestId }: Request,
    operator: OperatorRecord | undefined,
    error: unknown,
  ): Promise<void> {
    if (AppError.is(error, 'ADMIN_SIGN_IN_REFUSED')) {
      const email = operator?.email ?? body['email'];
      const reason = `operator${typeof email === 'string' ? ` ${email}` : ''}: ${step} refused`;
      await this.failures.add({ clientAddress, requestId, reason });
    }
  }

  private async noteSuccess(
    step: LibraryStep,
    request: Request,
    { body, location }: Answer,
    before: OperatorRecord | undefined,
  ): Promise<void> {
    const { user } = body as { user?: { id: string; email: string } };
    if (step === 'changePassword' && before !== undefined) {
      await this.database.operators.notePasswordChange(before.operatorId, originOf(request, before.email));
    }
    const act = auditedActs[step];
    if (act !== undefined && before !== undefined) {
      await this.noteOwnAct(act, request, before.email);
    }
    if (signsIn.has(step) && user !== undefined && location === undefined) {
      this.logger.info({ step, operatorId: user.id, address: request.clientAddress }, 'operator signed in');
      await this.noteOwnAct('operator.signIn', request, user.email, { step });
    }
    const operatorId = before?.operatorId ?? user?.id;
    if (endsSessions.has(step) && operatorId !== undefined) {
      this.bus.publish(operatorChanged, {}, { operatorId });
    }
  }

  private async noteOwnAct(action: string, request: Request, email: string, after?: object): Promise<void> {
    await this.database.audit.record([{ ...originOf(request, email), action, subject: email, after }]);
  }
}

const originOf = ({ clientAddress, requestId }: Request, actor: string) => ({
  ...{ actor, address: clientAddress, requestId },
});

/** Messages of the library's own failures may quote the request. */
function withoutRequest(error: unknown): Error {
  const { name = 'error', code = '' } = Object(error) as { name?: string; code?: string };
  return new Error(`the sign-in library failed: ${name} ${code}`.trim());
}

const reply = (body: Body, setCookies: string[] = []): Reply => ({ body, setCookies });

const redirect = ({ location }: Answer): { redirectTo?: string } =>
  location === undefined ? {} : { redirectTo: location };

/** The reply of a step, without the token and the profile that the library adds. */
function toStepReply(step: LibraryStep, body: Body): Body {
  switch (step) {
    case 'signIn':
      return { next: body['twoFactorRedirect'] === true ? 'totp' : 'done' };
    case 'verifyTotp':
    case 'verifyRecoveryCode':
    case 'passkeySignIn':
      return { next: 'done' };
    case 'enrolTotp':
      return { totpUri: body['totpURI'], recoveryCodes: body['backupCodes'] };
    case 'renewRecoveryCodes':
      return { recoveryCodes: body['backupCodes'] };
    case 'beginPasskeySignIn':
    case 'beginPasskeyEnrolment':
      return { options: body };
    case 'listPasskeys':
      return { passkeys: (body as unknown as LibraryPasskey[]).map(toPasskey) };
    case 'beginOidc':
      return { url: body['url'] };
    default:
      return {};
  }
}

interface LibraryPasskey {
  id: string;
  name?: string | null;
  createdAt?: string | null;
}

const toPasskey = ({ id, name, createdAt }: LibraryPasskey) => ({
  passkeyId: id,
  name: name ?? null,
  createdAtMs: typeof createdAt === 'string' ? Date.parse(createdAt) : null,
});
