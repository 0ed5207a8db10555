import { AppError, type LoginHook } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type PrismaClient } from './generated/client.js';
import { nextVersion } from './next-version.js';
import { type SecretKeys } from './secret-keys.js';

/** The hooks that decide logins. Each change writes its audit row, and announces a new version of the AppID's rules. */
export class LoginHookRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly keys: SecretKeys,
  ) {}

  /** Undefined if the AppID has none. Throws ADMIN_APP_NOT_FOUND. */
  async find(appId: number): Promise<LoginHook | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: { loginHook: true },
    });
    if (app === null) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return app.loginHook === null ? undefined : toHook(app.loginHook);
  }

  async findWithSecret(appId: number): Promise<(LoginHook & { secret: string }) | undefined> {
    const row = await this.prisma.loginHook.findUnique({ where: { appId: BigInt(appId) } });
    return row === null ? undefined : { ...toHook(row), secret: this.keys.open(placeOf(appId), row.sealed) };
  }

  /**
   * `keepsSecret`: a hook that exists keeps its secret, and `secret` is only for a new one. Returns whether `secret`
   * is stored. Throws ADMIN_APP_NOT_FOUND.
   */
  async set(
    appId: number,
    hook: LoginHook,
    { secret, keepsSecret }: { secret: string; keepsSecret: boolean },
    origin: AuditOrigin,
  ): Promise<{ version: number; isSecretStored: boolean }> {
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, appId);
      const where = { appId: BigInt(appId) };
      const before = await tx.loginHook.findUnique({ where });
      const kept = keepsSecret ? before?.sealed : undefined;
      const sealed = kept ?? this.keys.seal(placeOf(appId), secret);
      await tx.loginHook.upsert({
        where,
        create: { ...where, ...hook, sealed },
        update: { ...hook, sealed },
      });
      await appendAudit(tx, {
        ...{ ...origin, action: 'loginHook.set', appId, subject: 'loginHook', after: hook },
        ...(before === null ? {} : { before: toHook(before) }),
      });
      return { version, isSecretStored: kept === undefined };
    });
  }

  /** Throws ADMIN_APP_NOT_FOUND. */
  async delete(appId: number, origin: AuditOrigin): Promise<{ version: number }> {
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, appId);
      const where = { appId: BigInt(appId) };
      const before = await tx.loginHook.findUnique({ where });
      if (before !== null) {
        await tx.loginHook.delete({ where });
        await appendAudit(tx, {
          ...{ ...origin, action: 'loginHook.delete', appId, subject: 'loginHook', before: toHook(before) },
        });
      }
      return { version };
    });
  }

  /** Encrypts every secret with the first key. */
  async reEncrypt(): Promise<{ changed: number; total: number }> {
    const rows = await this.prisma.loginHook.findMany({ select: { appId: true, sealed: true } });
    let changed = 0;
    for (const { appId, sealed } of rows.filter((row) => !this.keys.isCurrent(row.sealed))) {
      const place = placeOf(Number(appId));
      const { count } = await this.prisma.loginHook.updateMany({
        where: { appId, sealed },
        data: { sealed: this.keys.seal(place, this.keys.open(place, sealed)) },
      });
      changed += count;
    }
    return { changed, total: rows.length };
  }
}

function placeOf(appId: number) {
  return { kind: 'loginHookSecret' as const, appId, id: 'loginHook' };
}

function toHook({
  url,
  deadlineMs,
  onFailure,
}: Omit<LoginHook, 'onFailure'> & { onFailure: string }): LoginHook {
  return { url, deadlineMs, onFailure: onFailure as LoginHook['onFailure'] };
}
