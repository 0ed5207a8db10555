import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Permission } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type ApiKeyCredential, Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { matchesSecret, parseKey } from './api-key.js';

const usedResolutionMs = 60_000;

/** Why an API key was refused: the cause of the error, for the audit. */
export class ApiKeyRefusal extends Error {
  constructor(
    readonly reason: string,
    /** Set if its secret was right. */
    readonly apiKey?: { keyId: string; appId: number },
  ) {
    super(`the API key is refused: ${reason}`);
  }
}

/**
 * Checks API keys. Reads the database for each check, so that a revocation holds at once: gateways ask once a second
 * for each key, permission and AppID.
 */
@Injectable()
export class ApiKeyCheck {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Returns the ID of the key. The cause of a refusal of the key itself is only logged: an unknown, an expired and a
   * revoked key get the same error.
   */
  async check(credential: string, permission: Permission, appId: number | undefined): Promise<string> {
    const { keyId, secret } = parseKey(credential) ?? refuse('it has another form');
    const key = (await this.database.apiKeys.findCredential(keyId)) ?? refuse('it is unknown');
    if (!matchesSecret(secret, key.secretHash)) {
      refuse('its secret is wrong');
    }
    const because = (reason: string) => new ApiKeyRefusal(reason, { keyId, appId: key.appId });
    if (key.isRevoked || key.expiresAtMs <= Date.now()) {
      const cause = because(key.isRevoked ? 'it is revoked' : 'it has expired');
      throw new AppError('ADMIN_API_KEY_INVALID', { cause });
    }
    this.noteUse(keyId, key);
    if (key.appId !== appId) {
      throw new AppError('ADMIN_API_KEY_APP_MISMATCH', { cause: because('it belongs to another AppID') });
    }
    if (!key.isAppEnabled) {
      throw new AppError('COMMON_APP_OFFLINE', { cause: because('its AppID is disabled') });
    }
    if (!key.permissions.includes(permission)) {
      const cause = because(`it lacks the permission ${permission}`);
      throw new AppError('ADMIN_API_KEY_PERMISSION_MISSING', { details: { permission }, cause });
    }
    return keyId;
  }

  /** Once a minute at most, and not waited for. */
  private noteUse(keyId: string, { lastUsedAtMs }: ApiKeyCredential): void {
    const nowMs = Date.now();
    if (nowMs - lastUsedAtMs >= usedResolutionMs) {
      this.database.apiKeys.setLastUsed(keyId, nowMs).catch((error: unknown) => {
        this.logger.warn({ err: error, keyId }, 'the last use of an API key could not be stored');
      });
    }
  }
}

function refuse(reason: string): never {
  throw new AppError('ADMIN_API_KEY_INVALID', { cause: new ApiKeyRefusal(reason) });
}
