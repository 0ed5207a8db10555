import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { clientAddressOf } from '@polyroom/addresses';
import { AppError, permissionList } from '@polyroom/contracts';
import { appPath } from '../rest-params.js';
import { ConsoleOrigins } from './console-origins.js';
import { readSessionCookie } from './session-cookie.js';
import { type RateLimitedReply, RequestRates } from './request-rates.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { requiredPermission } from './requires.decorator.js';
import { Statements } from './statements.js';

/** The parts of Fastify's request that the guard reads and sets. */
export interface GuardedRequest {
  id: string;
  method: string;
  headers: { authorization?: string; cookie?: string; origin?: string };
  params: unknown;
  ip: string;
  socket: { remoteAddress?: string | undefined };
  /** Name shown in the log; set by the guard. */
  actor?: string;
  /** Set by the guard. */
  statement?: string;
  /** A statement that is valid for longer, if the credential still is; set by the guard. */
  renewStatement?: () => Promise<string>;
  /** When the statement was obtained: the time of the act in the audit. Set by the guard. */
  authorizedAtMs?: number;
}

/** Not a member of the request, which may be logged. */
const credentials = new WeakMap<object, string>();

/** The credential that the guard has accepted. */
export function credentialOf(request: object): string {
  const credential = credentials.get(request);
  if (credential === undefined) {
    throw new AppError('ADMIN_UNAUTHENTICATED');
  }
  return credential;
}

const bearerPattern = /^Bearer ([^\s]{1,512})$/i;

/**
 * Exchanges the credential of a request for a signed statement of the route's permission, which goes with every
 * privileged request to the services. Runs after routing, so no spelling of a path avoids it.
 */
@Injectable()
export class AuthorityGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly statements: Statements,
    private readonly throttle: SignInThrottle,
    private readonly origins: ConsoleOrigins,
    private readonly rates: RequestRates,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.get(requiredPermission, context.getHandler());
    if (permission === undefined) {
      throw new Error('the route declares no permission');
    }
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const credential = this.readCredential(request);
    // Pipes run later and refuse an invalid AppID; until then it is no AppID, which allows nothing.
    const appId =
      permissionList[permission].scope === 'app' ? appPath.safeParse(request.params).data?.appId : undefined;
    const clientAddress = clientAddressOf(request.ip, request.socket.remoteAddress);
    const authorize = () =>
      this.statements.get({ credential, permission, appId, clientAddress, requestId: request.id });
    const reply = context.switchToHttp().getResponse<RateLimitedReply>();
    this.rates.check(credential, reply);
    const { statement, actor } = await this.throttle
      .run(clientAddress, credential, authorize)
      .catch((error: unknown) => {
        // The credential is right: its refused requests count, too.
        if (AppError.is(error) && error.category === 'permission_denied') {
          this.rates.take(credential, reply);
        }
        throw error;
      });
    request.actor = actor;
    credentials.set(request, credential);
    request.statement = statement;
    request.authorizedAtMs = Date.now();
    request.renewStatement = async () => (await authorize()).statement;
    this.rates.take(credential, reply);
    return true;
  }

  /** A browser sends the cookie on its own, so the page that asks must be the console. */
  private readCredential(request: GuardedRequest): string {
    const { authorization, cookie } = request.headers;
    if (authorization === undefined) {
      const session = readSessionCookie(cookie);
      if (session !== undefined) {
        this.origins.check(request, true);
        return session;
      }
    }
    const bearer = bearerPattern.exec(authorization ?? '')?.[1];
    if (bearer === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    return bearer;
  }
}

/** The signed statement of the caller's authority. Throws on routes without the guard. */
export function statementOf({ statement }: GuardedRequest): string {
  if (statement === undefined) {
    throw new AppError('ADMIN_UNAUTHENTICATED');
  }
  return statement;
}

/** Where the request came from, for the audit. */
export interface ActOrigin {
  address: string | undefined;
  requestId: string;
}

export function originOf({ id, ip, socket }: GuardedRequest): ActOrigin {
  return { address: clientAddressOf(ip, socket.remoteAddress), requestId: id };
}

/** The signed statement of the caller's authority. */
export const Statement = createParamDecorator((_data: undefined, context: ExecutionContext): string =>
  statementOf(context.switchToHttp().getRequest<GuardedRequest>()),
);

/** The caller's name in the audit. */
export const Actor = createParamDecorator((_data: undefined, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<GuardedRequest>();
  statementOf(request);
  return request.actor!;
});

/** Returns a statement each time, for an answer that takes longer than one is valid. Ends with the credential. */
export type StatementSource = () => Promise<string>;
export const RenewedStatement = createParamDecorator(
  (_data: undefined, context: ExecutionContext): StatementSource => {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    statementOf(request);
    return request.renewStatement!;
  },
);

/** The origin of the request, for the service that records the act itself. */
export const Origin = createParamDecorator((_data: undefined, context: ExecutionContext): ActOrigin =>
  originOf(context.switchToHttp().getRequest<GuardedRequest>()),
);
