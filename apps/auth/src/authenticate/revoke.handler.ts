import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  type ParsedRequestOf,
  type ReplyOf,
  type Revocation,
  tokensRevoked,
} from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { clockSkewSeconds, readTokenUser, verifyToken } from '@polyroom/tokens';
import { type Logger } from 'pino';
import { maxGrantSecondsToken } from '../injection-tokens.js';

type Request = ParsedRequestOf<typeof authRpc.revokeTokens>;
type Reply = ReplyOf<typeof authRpc.revokeTokens>;

/** Revokes tokens, for operators and application servers. */
@Controller()
export class RevokeHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(maxGrantSecondsToken) private readonly maxLifetimeSeconds: number,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(authRpc.revokeTokens)
  async revoke(@Payload() request: Request, @Ctx() { actor }: RequestContext): Promise<Reply> {
    const { appId, address, requestId } = request;
    const nowMs = Date.now();
    const { revocation, expiresAtMs } = await this.toRevocation(request, nowMs);
    const version = await this.database.revocations.add({
      ...{ appId, revocation, expiresAtMs, nowMs },
      ...{ actor, address, requestId },
    });
    // After the commit: a service that reads because of the event must find the revocation.
    this.bus.publish(tokensRevoked, {}, { appId, version, revocation });
    this.logger.info({ actor, appId, ...revocation, version }, 'tokens revoked');
    return { revocation, expiresAtMs };
  }

  private async toRevocation(request: Request, nowMs: number): Promise<Reply> {
    const { appId, userId, token, tokenId, issuedBefore } = request;
    const user: Revocation = userId === undefined ? {} : { userId };
    // No token that was issued by now is valid for longer.
    const mostMs = nowMs + (this.maxLifetimeSeconds + clockSkewSeconds) * 1000;
    if (token !== undefined) {
      return this.findToken(appId, token, nowMs);
    }
    if (tokenId !== undefined) {
      return { revocation: { ...user, tokenId }, expiresAtMs: mostMs };
    }
    // Tokens count in whole seconds: those of the current second are included.
    const nextSecond = Math.floor(nowMs / 1000) + 1;
    if (issuedBefore !== undefined && issuedBefore > nextSecond) {
      throw new AppError('COMMON_ILLEGAL_PARAM', {
        details: { path: 'issuedBefore', problem: 'it lies in the future' },
      });
    }
    const issuedBeforeMs = (issuedBefore ?? nextSecond) * 1000;
    return { revocation: { ...user, issuedBeforeMs }, expiresAtMs: mostMs };
  }

  /** Throws the token's error if it is forged or has expired. */
  private async findToken(appId: number, token: string, nowMs: number): Promise<Reply> {
    const credentials = await this.database.apps.findCredentials(appId);
    if (credentials === undefined) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    const { secrets } = credentials;
    const userId = await readTokenUser(token, secrets);
    const subject = { appId, userId, nowMs, maxLifetimeSeconds: this.maxLifetimeSeconds };
    const { tokenId, expiresAtMs } = await verifyToken(token, secrets, subject);
    return { revocation: { userId, tokenId: tokenId! }, expiresAtMs: expiresAtMs! };
  }
}
