import { Controller, Inject } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { OnEvent, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  entitlementsChanged,
  type Grants,
  type ParsedRequestOf,
  type PayloadOf,
  type ReplyOf,
  tokensRevoked,
} from '@polyroom/contracts';
import { type AppCredentials } from '@polyroom/persistence';
import { assertAccepted, grantsOfClient, kindOfToken, readTokenUser } from '@polyroom/tokens';
import { maxGrantSecondsToken } from '../injection-tokens.js';
import { Revocations } from '../revocations/revocations.js';
import { AppRules, type LoginRules } from '../rules/app-rules.js';
import { isAppSignOf } from './app-sign.js';

type Request = ParsedRequestOf<typeof authRpc.authenticate>;

const credentialTtlMs = 1000;

/**
 * Authenticates a client and returns its grants. A token takes precedence over an AppSign. The cause of a
 * refusal is only logged: the client gets a uniform error.
 */
@Controller()
export class AuthenticateHandler {
  private readonly credentials: ReadCache<number, LoginRules | undefined>;

  constructor(
    @Inject(AppRules) private readonly rules: AppRules,
    @Inject(maxGrantSecondsToken) private readonly maxLifetimeSeconds: number,
    private readonly revocations: Revocations,
  ) {
    this.credentials = new ReadCache({
      read: (appId) => rules.credentials.get(appId),
      ttlMs: credentialTtlMs,
      // An AppID that was just created works at once.
      keeps: (credentials) => credentials !== undefined,
    });
  }

  @RpcHandler(authRpc.identifyUser)
  async identifyUser({
    appId,
    token,
  }: ParsedRequestOf<typeof authRpc.identifyUser>): Promise<ReplyOf<typeof authRpc.identifyUser>> {
    const { credentialKinds, secrets } = await this.findLive(appId);
    assertAccepted(kindOfToken(token), credentialKinds);
    return { userId: await readTokenUser(token, secrets) };
  }

  @RpcHandler(authRpc.authenticate)
  async authenticate(request: Request): Promise<ReplyOf<typeof authRpc.authenticate>> {
    const { appId, userId } = request;
    const credentials = await this.findLive(appId);
    const grants = await identify(request, credentials, this.maxLifetimeSeconds);
    if (this.revocations.isRevoked(appId, credentials.revocations, userId, grants)) {
      throw new AppError('ROOM_TOKEN_REVOKED');
    }
    const { loginHook: hook } = credentials;
    return hook === undefined ? { grants } : { grants, hook };
  }

  @RpcHandler(authRpc.findRevoked)
  async findRevoked({
    appId,
    tokens,
  }: ParsedRequestOf<typeof authRpc.findRevoked>): Promise<ReplyOf<typeof authRpc.findRevoked>> {
    const { revocations } = await this.findLive(appId);
    const revoked = tokens.flatMap(({ userId, ...token }, index) =>
      this.revocations.isRevoked(appId, revocations, userId, token) ? [index] : [],
    );
    return { version: revocations.version, revoked };
  }

  /** Also published when an AppID is disabled or its credentials change: every instance must act on it at once. */
  @OnEvent(entitlementsChanged)
  onEntitlementsChanged({ appId }: PayloadOf<typeof entitlementsChanged>): void {
    this.credentials.delete(appId);
    this.rules.change(appId);
  }

  @OnEvent(tokensRevoked)
  onTokensRevoked(revoked: PayloadOf<typeof tokensRevoked>): void {
    this.credentials.delete(revoked.appId);
    this.rules.revoke(revoked);
  }

  private async findLive(appId: number): Promise<LoginRules> {
    const credentials = await this.credentials.get(appId);
    if (credentials === undefined) {
      throw new AppError('ENGINE_APPID_INCORRECT_OR_NOT_ONLINE');
    }
    if (!credentials.enabled) {
      throw new AppError('COMMON_APP_OFFLINE');
    }
    return credentials;
  }
}

async function identify(
  request: Request,
  credentials: AppCredentials,
  clusterLifetimeSeconds: number,
): Promise<Grants> {
  const { appId, userId, roomId, token, appSign } = request;
  if (token !== undefined && token !== '') {
    return grantsOfClient({ appId, userId, roomId, token }, credentials, clusterLifetimeSeconds);
  }
  if (appSign !== undefined && appSign !== '') {
    assertAccepted('appSign', credentials.credentialKinds);
    if (!isAppSignOf(credentials, appSign, Date.now())) {
      throw new AppError('ENGINE_APPSIGN_INCORRECT');
    }
    return {};
  }
  throw new AppError('ROOM_NO_TOKEN');
}
