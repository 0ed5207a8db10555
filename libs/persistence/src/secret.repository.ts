import { ConfigError } from '@polyroom/config';
import { AppError, appSecretsRpc } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type Prisma, type PrismaClient } from './generated/client.js';
import { nextVersion } from './next-version.js';
import { type SecretKeys } from './secret-keys.js';
import { openStored, toStored } from './stored-secret.js';

/** The outcome of `reEncrypt`. */
export interface ReEncrypted {
  /** Secrets that were plain, or encrypted with another key. */
  changed: number;
  /** All secrets. */
  total: number;
}

/** A ServerSecret without its value. */
export interface SecretRecord {
  secretId: string;
  state: 'primary' | 'live' | 'retired';
  createdAtMs: number;
  retiredAtMs?: number;
}

/** The secrets of an AppID after a change, with the new version of its rules. */
export interface SecretChange {
  secrets: SecretRecord[];
  version: number;
}

type Transaction = Prisma.TransactionClient;

/** ServerSecrets: their rotation, and how they are stored. */
export class SecretRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly keys: SecretKeys,
  ) {}

  /** Newest first, the retired ones too. Throws ADMIN_APP_NOT_FOUND. */
  async list(appId: number): Promise<SecretRecord[]> {
    if ((await this.prisma.app.count({ where: { appId: BigInt(appId) } })) === 0) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return listIn(this.prisma, appId);
  }

  /** Throws ADMIN_SECRET_LIMIT_REACHED, and ADMIN_SECRET_EXISTS if the AppID has or had this secret. */
  add(
    appId: number,
    secret: { secretId: string; value: string },
    origin: AuditOrigin,
  ): Promise<SecretChange> {
    return this.change(
      { ...origin, appId, action: 'secret.add', secretId: secret.secretId },
      async (tx, secrets) => {
        if (secrets.some(({ secretId }) => secretId === secret.secretId)) {
          throw new AppError('ADMIN_SECRET_EXISTS');
        }
        if (secrets.filter(isLive).length >= appSecretsRpc.maxLiveSecrets) {
          throw new AppError('ADMIN_SECRET_LIMIT_REACHED');
        }
        await tx.secret.create({ data: { appId: BigInt(appId), ...toStored(this.keys, appId, secret) } });
      },
    );
  }

  /** Makes a live secret the primary one. Throws ADMIN_SECRET_NOT_FOUND. */
  promote(appId: number, secretId: string, origin: AuditOrigin): Promise<SecretChange> {
    return this.change({ ...origin, appId, action: 'secret.promote', secretId }, async (tx, secrets) => {
      findLive(secrets, secretId);
      await tx.secret.update({
        where: { appId_secretId: { appId: BigInt(appId), secretId } },
        data: { promotedAt: new Date() },
      });
    });
  }

  /** Erases a live secret and keeps its ID. Throws ADMIN_SECRET_NOT_FOUND and ADMIN_SECRET_IS_PRIMARY. */
  retire(appId: number, secretId: string, origin: AuditOrigin): Promise<SecretChange> {
    return this.change({ ...origin, appId, action: 'secret.retire', secretId }, async (tx, secrets) => {
      if (findLive(secrets, secretId).state === 'primary') {
        throw new AppError('ADMIN_SECRET_IS_PRIMARY');
      }
      await tx.secret.update({
        where: { appId_secretId: { appId: BigInt(appId), secretId } },
        data: { retiredAt: new Date(), value: null, sealed: null },
      });
    });
  }

  /** One change with its audit row, which has the ID of the secret and nothing else of it. */
  private change(
    { appId, secretId, ...act }: AuditOrigin & { appId: number; action: string; secretId: string },
    apply: (tx: Transaction, secrets: SecretRecord[]) => Promise<void>,
  ): Promise<SecretChange> {
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, appId);
      const before = await listIn(tx, appId);
      await apply(tx, before);
      const secrets = await listIn(tx, appId);
      await appendAudit(tx, {
        ...act,
        appId,
        subject: secretId,
        before: stateOf(before, secretId),
        after: stateOf(secrets, secretId),
      });
      return { secrets, version };
    });
  }

  /** Throws if a stored secret needs a key that is missing: its tokens would be refused. */
  async checkKeys(): Promise<void> {
    const rows = await this.prisma.$queryRaw<{ keyId: string; secrets: number }[]>`
      SELECT split_part(sealed, '.', 2) AS "keyId", count(*)::int AS secrets
      FROM (
        SELECT sealed FROM secrets
        UNION ALL SELECT sealed FROM webhook_endpoints
        UNION ALL SELECT former_sealed FROM webhook_endpoints
        UNION ALL SELECT sealed FROM login_hooks
      ) AS stored WHERE sealed IS NOT NULL GROUP BY 1 ORDER BY 1`;
    const missing = rows.filter(({ keyId }) => !this.keys.has(keyId));
    if (missing.length > 0) {
      const list = missing.map(({ keyId, secrets }) => `${secrets} with key ${keyId}`).join(', ');
      throw new ConfigError(`POLYROOM_SECRETS_KEY lacks a key of stored ServerSecrets: ${list}`);
    }
  }

  /** Number of secrets that an earlier version has stored in plain text. */
  countPlain(): Promise<number> {
    return this.prisma.secret.count({ where: { value: { not: null } } });
  }

  /**
   * Encrypts every secret with the first key. A secret that changes meanwhile is left as it is: all writers
   * encrypt with their first key.
   */
  async reEncrypt(): Promise<ReEncrypted> {
    const rows = await this.prisma.secret.findMany({
      where: { retiredAt: null },
      select: { appId: true, secretId: true, value: true, sealed: true },
    });
    let changed = 0;
    for (const { appId, ...stored } of rows) {
      if (stored.sealed === null || !this.keys.isCurrent(stored.sealed)) {
        const { secretId, sealed } = stored;
        const clear = openStored(this.keys, Number(appId), stored);
        const { count } = await this.prisma.secret.updateMany({
          where: { appId, secretId, sealed, retiredAt: null },
          data: { value: null, ...toStored(this.keys, Number(appId), { secretId, value: clear }) },
        });
        changed += count;
      }
    }
    return { changed, total: rows.length };
  }
}

async function listIn(client: Transaction, appId: number): Promise<SecretRecord[]> {
  const rows = await client.secret.findMany({
    where: { appId: BigInt(appId) },
    orderBy: [{ createdAt: 'desc' }, { secretId: 'asc' }],
    select: { secretId: true, createdAt: true, promotedAt: true, retiredAt: true },
  });
  const primary = rows
    .filter(({ retiredAt }) => retiredAt === null)
    .sort((one, other) => (other.promotedAt?.getTime() ?? 0) - (one.promotedAt?.getTime() ?? 0))[0];
  return rows.map((row) => ({
    secretId: row.secretId,
    state: row.retiredAt !== null ? 'retired' : row === primary ? 'primary' : 'live',
    createdAtMs: row.createdAt.getTime(),
    ...(row.retiredAt === null ? {} : { retiredAtMs: row.retiredAt.getTime() }),
  }));
}

function isLive({ state }: SecretRecord): boolean {
  return state !== 'retired';
}

function findLive(secrets: SecretRecord[], secretId: string): SecretRecord {
  const found = secrets.find((secret) => secret.secretId === secretId && isLive(secret));
  if (found === undefined) {
    throw new AppError('ADMIN_SECRET_NOT_FOUND');
  }
  return found;
}

function stateOf(secrets: SecretRecord[], secretId: string): string | undefined {
  return secrets.find((secret) => secret.secretId === secretId)?.state;
}
