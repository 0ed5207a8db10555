import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Inject, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { AppError, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { evaluateEntitlements } from '@polyroom/entitlements';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { Database, isDatabaseAway } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { AppRules } from '../rules/app-rules.js';
import { SignInFailures } from './sign-in-failures.js';
import { StatementKeys } from './statement-keys.js';

type Request = ParsedRequestOf<typeof authRpc.authorizeSigned>;

const skewMs = authRpc.signedRequestSkewSeconds * 1000;
const purgeEveryMs = 60_000;

/** Turns the signature of a request in ZEGO's form into a statement. Failures are audited. */
@Controller()
export class AuthorizeSignedHandler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly purging: PeriodicWork;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AppRules) private readonly rules: AppRules,
    private readonly keys: StatementKeys,
    private readonly failures: SignInFailures,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.purging = new PeriodicWork({
      intervalMs: purgeEveryMs,
      jitter: 0.5,
      run: () => database.requestNonces.deleteExpired(Date.now()),
      onError: (error) => {
        if (!isDatabaseAway(error)) {
          logger.error({ err: error }, 'deleting expired nonces failed; it will be retried');
        }
      },
    });
  }

  onApplicationBootstrap(): void {
    this.purging.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.purging.close();
  }

  @RpcHandler(authRpc.authorizeSigned)
  async authorize(request: Request): Promise<ReplyOf<typeof authRpc.authorizeSigned>> {
    const { appId, permissions, timestampSeconds } = request;
    const timeMs = timestampSeconds * 1000;
    if (Math.abs(Date.now() - timeMs) > skewMs) {
      throw new AppError('SIGNATURE_EXPIRED');
    }
    const secretId = await this.check(request);
    // Last: a request that is refused here does not use its nonce. One that the gateway or a service refuses later does.
    if (!(await this.database.requestNonces.add(appId, request.nonce, timeMs + skewMs + 1000))) {
      await this.refuse(request, 'the nonce of a signed request is repeated');
      throw new AppError('SIGNATURE_NONCE_REPEATED');
    }
    const actor = `zego:${secretId}`;
    const statements = permissions.map((permission) =>
      this.keys.sign({ actor, kind: 'apiKey', permission, appId }),
    );
    return { statements: await Promise.all(statements) };
  }

  /** Returns the ID of the secret that signed the request. */
  private async check(request: Request): Promise<string> {
    const { appId, nonce, signature, timestampSeconds } = request;
    const [app, entitlements] = await Promise.all([
      this.rules.credentials.get(appId),
      this.rules.entitlements.get(appId),
    ]);
    if (app === undefined || entitlements === undefined) {
      throw new AppError('ENGINE_APPID_INCORRECT_OR_NOT_ONLINE');
    }
    const secret = app.secrets.find(({ value }) =>
      isEqual(signature.toLowerCase(), sign(`${appId}${nonce}${value}${timestampSeconds}`)),
    );
    if (secret === undefined) {
      await this.refuse(request, 'the signature of a request is wrong');
      throw new AppError('SIGNATURE_INCORRECT');
    }
    if (!app.enabled) {
      throw new AppError('COMMON_APP_OFFLINE');
    }
    if (!evaluateEntitlements(entitlements.rows).zegoServerApi) {
      throw new AppError('SIGNED_REQUESTS_DISABLED');
    }
    return secret.secretId;
  }

  private refuse({ clientAddress, requestId }: Request, reason: string): Promise<void> {
    return this.failures.add({ clientAddress, requestId, reason });
  }
}

/** The algorithm is ZEGO's. */
function sign(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
