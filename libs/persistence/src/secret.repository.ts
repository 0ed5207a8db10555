import { ConfigError } from '@polyroom/config';
import { type PrismaClient } from './generated/client.js';
import { type SealedPlace, type SecretKeys } from './secret-keys.js';

/** The stored form of a secret: plain only in rows of an earlier version. */
export interface StoredSecret {
  secretId: string;
  value: string | null;
  sealed: string | null;
}

/** The outcome of `reEncrypt`. */
export interface ReEncrypted {
  /** Secrets that were plain, or encrypted with another key. */
  changed: number;
  /** All secrets. */
  total: number;
}

/** How the secrets are stored. */
export class SecretRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly keys: SecretKeys,
  ) {}

  /** Throws if a stored secret needs a key that is missing: its tokens would be refused. */
  async checkKeys(): Promise<void> {
    const rows = await this.prisma.$queryRaw<{ keyId: string; secrets: number }[]>`
      SELECT split_part(sealed, '.', 2) AS "keyId", count(*)::int AS secrets
      FROM secrets WHERE sealed IS NOT NULL GROUP BY 1 ORDER BY 1`;
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
      select: { appId: true, secretId: true, value: true, sealed: true },
    });
    let changed = 0;
    for (const { appId, ...stored } of rows) {
      if (stored.sealed === null || !this.keys.isCurrent(stored.sealed)) {
        const { secretId, sealed } = stored;
        const clear = openStored(this.keys, Number(appId), stored);
        const { count } = await this.prisma.secret.updateMany({
          where: { appId, secretId, sealed },
          data: { value: null, sealed: this.keys.seal(placeOf(Number(appId), secretId), clear) },
        });
        changed += count;
      }
    }
    return { changed, total: rows.length };
  }
}

/** The ServerSecret of a row. */
export function openStored(keys: SecretKeys, appId: number, { secretId, value, sealed }: StoredSecret): string {
  if (sealed !== null) {
    return keys.open(placeOf(appId, secretId), sealed);
  }
  if (value === null) {
    throw new Error(`serverSecret ${secretId} of AppID ${appId} has no value`);
  }
  return value;
}

/** The columns of a new ServerSecret. */
export function toStored(
  keys: SecretKeys,
  appId: number,
  { secretId, value }: { secretId: string; value: string },
): { secretId: string; sealed: string } {
  return { secretId, sealed: keys.seal(placeOf(appId, secretId), value) };
}

function placeOf(appId: number, id: string): SealedPlace {
  return { kind: 'serverSecret', appId, id };
}
