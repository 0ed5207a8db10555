import { AppError } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type Prisma, type PrismaClient } from './generated/client.js';

/** An API key without its secret. */
export interface ApiKeyRecord {
  keyId: string;
  name: string;
  permissions: string[];
  createdAtMs: number;
  createdBy: string;
  expiresAtMs: number;
  revokedAtMs?: number;
  /** At most a minute before the last use. */
  lastUsedAtMs?: number;
}

/** What is needed to check an API key. The hash is never logged, never sent. */
export interface ApiKeyCredential {
  appId: number;
  isAppEnabled: boolean;
  /** SHA-256 of the secret in hex. */
  secretHash: string;
  permissions: string[];
  expiresAtMs: number;
  isRevoked: boolean;
  lastUsedAtMs: number;
}

/** A new API key. */
export interface NewApiKey extends AuditOrigin {
  appId: number;
  keyId: string;
  name: string;
  secretHash: string;
  permissions: string[];
  expiresAtMs: number;
  /** Greatest number of keys in force of the AppID. */
  maxKeys: number;
}

/** A change of an API key by an operator. */
export interface ApiKeyChange extends AuditOrigin {
  appId: number;
  keyId: string;
}

/** API keys. Each change writes its audit row in the same transaction. */
export class ApiKeyRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Throws ADMIN_APP_NOT_FOUND, and ADMIN_API_KEY_LIMIT_REACHED if the AppID has `maxKeys` in force. */
  async create(key: NewApiKey): Promise<ApiKeyRecord> {
    const { appId: id, keyId, name, secretHash, permissions, expiresAtMs, maxKeys, ...origin } = key;
    const appId = BigInt(id);
    const expiresAt = new Date(expiresAtMs);
    return this.prisma.$transaction(async (tx) => {
      // Locks the AppID: the count and the insertion are one step.
      const apps = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE app_id = ${appId} FOR UPDATE`;
      if (apps.length === 0) {
        throw new AppError('ADMIN_APP_NOT_FOUND');
      }
      const inForce = await tx.apiKey.count({
        where: { appId, revokedAt: null, expiresAt: { gt: new Date() } },
      });
      if (inForce >= maxKeys) {
        throw new AppError('ADMIN_API_KEY_LIMIT_REACHED', { details: { maxKeys } });
      }
      const row = await tx.apiKey.create({
        data: { appId, keyId, name, secretHash, permissions, expiresAt, createdBy: origin.actor },
      });
      await appendAudit(tx, {
        ...{ ...origin, action: 'apiKey.create', appId: id, subject: keyId },
        after: { name, permissions, expiresAtMs },
      });
      return toRecord(row);
    });
  }

  /** The keys of an AppID, oldest first; undefined if the AppID does not exist. */
  async list(appId: number): Promise<ApiKeyRecord[] | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: { apiKeys: { orderBy: [{ createdAt: 'asc' }, { keyId: 'asc' }] } },
    });
    return app?.apiKeys.map(toRecord);
  }

  /** Undefined if the key does not exist. */
  async findCredential(keyId: string): Promise<ApiKeyCredential | undefined> {
    const row = await this.prisma.apiKey.findUnique({
      where: { keyId },
      include: { app: { select: { enabled: true } } },
    });
    return row === null
      ? undefined
      : {
          appId: Number(row.appId),
          isAppEnabled: row.app.enabled,
          secretHash: row.secretHash,
          permissions: row.permissions,
          expiresAtMs: row.expiresAt.getTime(),
          isRevoked: row.revokedAt !== null,
          lastUsedAtMs: row.lastUsedAt?.getTime() ?? 0,
        };
  }

  /** Sets the expiry. Throws ADMIN_API_KEY_NOT_FOUND. */
  async setExpiry(change: ApiKeyChange, expiresAtMs: number): Promise<ApiKeyRecord> {
    return this.change(change, 'apiKey.expire', (row) => ({
      data: { expiresAt: new Date(expiresAtMs) },
      before: { expiresAtMs: row.expiresAtMs },
      after: { expiresAtMs },
    }));
  }

  /** Revokes a key for good; a revoked key stays as it is. Throws ADMIN_API_KEY_NOT_FOUND. */
  async revoke(change: ApiKeyChange): Promise<ApiKeyRecord> {
    return this.change(change, 'apiKey.revoke', (row) =>
      row.revokedAtMs === undefined
        ? { data: { revokedAt: new Date() }, before: { revoked: false }, after: { revoked: true } }
        : undefined,
    );
  }

  async setLastUsed(keyId: string, atMs: number): Promise<void> {
    await this.prisma.apiKey.updateMany({ where: { keyId }, data: { lastUsedAt: new Date(atMs) } });
  }

  private async change(
    { appId: id, keyId, ...origin }: ApiKeyChange,
    action: string,
    toChange: (
      row: ApiKeyRecord,
    ) => { data: Prisma.ApiKeyUpdateInput; before: object; after: object } | undefined,
  ): Promise<ApiKeyRecord> {
    const appId = BigInt(id);
    return this.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM api_keys WHERE key_id = ${keyId} FOR UPDATE`;
      const row = await tx.apiKey.findFirst({ where: { appId, keyId } });
      if (row === null) {
        throw new AppError('ADMIN_API_KEY_NOT_FOUND');
      }
      const change = toChange(toRecord(row));
      if (change === undefined) {
        return toRecord(row);
      }
      const { data, before, after } = change;
      const changed = await tx.apiKey.update({ where: { keyId }, data });
      await appendAudit(tx, { ...origin, action, appId: id, subject: keyId, before, after });
      return toRecord(changed);
    });
  }
}

function toRecord(row: {
  keyId: string;
  name: string;
  permissions: string[];
  createdAt: Date;
  createdBy: string;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}): ApiKeyRecord {
  const { keyId, name, permissions, createdBy } = row;
  return {
    ...{ keyId, name, permissions, createdBy },
    createdAtMs: row.createdAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
    ...(row.revokedAt === null ? {} : { revokedAtMs: row.revokedAt.getTime() }),
    ...(row.lastUsedAt === null ? {} : { lastUsedAtMs: row.lastUsedAt.getTime() }),
  };
}
