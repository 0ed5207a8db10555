import { AppError, type Revocation } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type PrismaClient } from './generated/client.js';

/** Revocations in force at once per AppID. Auth keeps them in memory. */
const maxRevocations = 2000;

interface NewRevocation extends AuditOrigin {
  appId: number;
  revocation: Revocation;
  /** When the last of the tokens expires. */
  expiresAtMs: number;
  nowMs: number;
}

interface Row {
  userId: string;
  tokenId: string;
  issuedBefore: Date | null;
}

/** Revoked tokens. A row is deleted some time after the last of its tokens has expired. */
export class RevocationRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** The revocations in force; undefined if the AppID does not exist. */
  async find(appId: number, nowMs: number): Promise<Revocation[] | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: { revocations: { where: { expiresAt: { gt: new Date(nowMs) } } } },
    });
    return app?.revocations.map(toRevocation);
  }

  /**
   * Stores a revocation, increments the version and writes the audit atomically; returns the new version. Of two for
   * the same tokens the wider one counts. Throws ADMIN_APP_NOT_FOUND and ADMIN_REVOCATION_LIMIT.
   */
  async add(
    { appId: id, revocation, expiresAtMs, nowMs, ...origin }: NewRevocation,
    limit = maxRevocations,
  ): Promise<number> {
    const appId = BigInt(id);
    const { userId = '', tokenId = '', issuedBeforeMs } = revocation;
    return this.prisma.$transaction(async (tx) => {
      // First, because it locks the AppID: concurrent revocations are serialized.
      const [app] = await tx.app.updateManyAndReturn({
        where: { appId },
        data: { revocationsVersion: { increment: 1 } },
        select: { revocationsVersion: true },
      });
      if (app === undefined) {
        throw new AppError('ADMIN_APP_NOT_FOUND');
      }
      await tx.revocation.deleteMany({ where: { appId, expiresAt: { lte: new Date(nowMs) } } });
      const where = { appId_userId_tokenId: { appId, userId, tokenId } };
      const former = await tx.revocation.findUnique({ where });
      if (former === null && (await tx.revocation.count({ where: { appId } })) >= limit) {
        throw new AppError('ADMIN_REVOCATION_LIMIT', { details: { maxRevocations: limit } });
      }
      const expiresAt = later(former?.expiresAt, new Date(expiresAtMs));
      const issuedBefore =
        issuedBeforeMs === undefined ? null : later(former?.issuedBefore, new Date(issuedBeforeMs));
      await tx.revocation.upsert({
        where,
        create: { appId, userId, tokenId, issuedBefore, expiresAt },
        update: { issuedBefore, expiresAt },
      });
      await appendAudit(tx, {
        ...origin,
        action: 'tokens.revoke',
        appId: id,
        subject: revocation.userId === undefined ? 'app' : `user:${revocation.userId}`,
        after: { ...revocation, expiresAtMs: expiresAt.getTime() },
      });
      return app.revocationsVersion;
    });
  }
}

function later(former: Date | null | undefined, next: Date): Date {
  return former && former > next ? former : next;
}

function toRevocation({ userId, tokenId, issuedBefore }: Row): Revocation {
  return {
    ...(userId === '' ? {} : { userId }),
    ...(tokenId === '' ? {} : { tokenId }),
    ...(issuedBefore === null ? {} : { issuedBeforeMs: issuedBefore.getTime() }),
  };
}
