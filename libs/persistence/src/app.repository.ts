import { AppError, type CredentialKind, type LoginHookTerms } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { Prisma, type PrismaClient } from './generated/client.js';
import { type SecretKeys } from './secret-keys.js';
import { nextVersion } from './next-version.js';
import { toDatabaseError } from './server-connection.js';
import { openStored, toStored } from './stored-secret.js';

/** A tenant, without secrets. */
export interface AppRecord {
  appId: number;
  name: string;
  enabled: boolean;
  credentialKinds: CredentialKind[];
  /** Longest validity of a token; null: that of the cluster. */
  maxTokenSeconds: number | null;
  createdAtMs: number;
}

/** Credentials to authenticate the clients of an AppID. Never logged, never sent. */
export interface AppCredentials {
  enabled: boolean;
  /** The kinds that clients may log in with. */
  credentialKinds: CredentialKind[];
  maxTokenSeconds: number | null;
  /** SHA-256 of the AppSign in hex. */
  appSignHash: string;
  /** Grows with every revocation of tokens. */
  revocationsVersion: number;
  /** The replaced AppSign, while it is valid. */
  previousAppSign?: { hash: string; untilMs: number };
  /** The application decides logins too. */
  loginHook?: LoginHookTerms;
  /** Active secrets, newest first. */
  secrets: { secretId: string; value: string }[];
}

/** A new tenant with its first secret. */
export interface NewApp extends AuditOrigin {
  appId: number;
  name: string;
  appSignHash: string;
  secret: { secretId: string; value: string };
  credentialKinds: CredentialKind[];
}

/** How the clients of an AppID may log in. */
export interface CredentialPolicy {
  credentialKinds: CredentialKind[];
  maxTokenSeconds: number | null;
}

/** AppIDs with their credentials. */
export class AppRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly keys: SecretKeys,
  ) {}

  /** All AppIDs, oldest first. */
  async list(): Promise<AppRecord[]> {
    const rows = await this.prisma.app.findMany({ orderBy: [{ createdAt: 'asc' }, { appId: 'asc' }] });
    return rows.map(toRecord);
  }

  /** Undefined if the AppID does not exist. */
  async findCredentials(appId: number): Promise<AppCredentials | undefined> {
    const row = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: {
        enabled: true,
        credentialKinds: true,
        maxTokenSeconds: true,
        appSignHash: true,
        revocationsVersion: true,
        previousAppSignHash: true,
        previousAppSignUntil: true,
        loginHook: { select: { deadlineMs: true, onFailure: true } },
        secrets: {
          where: { retiredAt: null },
          orderBy: { createdAt: 'desc' },
          select: { secretId: true, value: true, sealed: true },
        },
      },
    });
    if (row === null) {
      return undefined;
    }
    const { previousAppSignHash: hash, previousAppSignUntil: until, secrets, loginHook, ...rest } = row;
    return {
      ...rest,
      credentialKinds: row.credentialKinds as CredentialKind[],
      ...(loginHook === null ? {} : { loginHook: loginHook as LoginHookTerms }),
      ...(hash === null || until === null ? {} : { previousAppSign: { hash, untilMs: until.getTime() } }),
      secrets: secrets.map((stored) => ({
        secretId: stored.secretId,
        value: openStored(this.keys, appId, stored),
      })),
    };
  }

  /** Adds an AppID and its audit row in one transaction. Throws ADMIN_APP_EXISTS. */
  async create({ appId, name, appSignHash, secret, credentialKinds, ...origin }: NewApp): Promise<AppRecord> {
    try {
      return await this.prisma.$transaction(async (tx) => {
        const row = await tx.app.create({
          data: {
            appId: BigInt(appId),
            name,
            appSignHash,
            credentialKinds,
            secrets: { create: { ...toStored(this.keys, appId, secret), promotedAt: new Date() } },
          },
        });
        const after = { name, enabled: true, credentialKinds };
        await appendAudit(tx, { ...origin, action: 'app.create', appId, subject: 'app', after });
        return toRecord(row);
      });
    } catch (error) {
      // Not passed on as the cause: Prisma's errors quote the data, including the secret.
      throw isPrismaError(error, 'P2002')
        ? new AppError('ADMIN_APP_EXISTS')
        : (toDatabaseError(error) ?? withoutData(error));
    }
  }

  /**
   * Enables or disables an AppID with its audit row. Also increments the entitlements version, because a
   * disabled AppID has no entitlements in force. Endpoints of webhooks count as enabled again with their AppID.
   * Throws ADMIN_APP_NOT_FOUND.
   */
  async setEnabled(
    appId: number,
    enabled: boolean,
    origin: AuditOrigin,
  ): Promise<{ app: AppRecord; version: number }> {
    return this.prisma.$transaction(async (tx) => {
      const [before] = await tx.$queryRaw<{ enabled: boolean }[]>`
        SELECT enabled FROM apps WHERE app_id = ${BigInt(appId)} FOR UPDATE`;
      if (before === undefined) {
        throw new AppError('ADMIN_APP_NOT_FOUND');
      }
      const row = await tx.app.update({
        where: { appId: BigInt(appId) },
        data: { enabled, entitlementsVersion: { increment: 1 } },
      });
      if (enabled && !before.enabled) {
        // Failures from before do not disable them.
        await tx.$executeRaw`
          UPDATE webhook_endpoints SET enabled_at = now() WHERE app_id = ${BigInt(appId)} AND enabled`;
      }
      await appendAudit(tx, {
        ...origin,
        action: 'app.setEnabled',
        appId,
        subject: 'enabled',
        before: before.enabled,
        after: enabled,
      });
      return { app: toRecord(row), version: row.entitlementsVersion };
    });
  }

  /** Sets how clients may log in, with its audit row. Throws ADMIN_APP_NOT_FOUND. */
  async setCredentials(
    appId: number,
    policy: CredentialPolicy,
    origin: AuditOrigin,
  ): Promise<{ app: AppRecord; version: number }> {
    return this.prisma.$transaction(async (tx) => {
      const [before] = await tx.$queryRaw<CredentialPolicy[]>`
        SELECT credential_kinds AS "credentialKinds", max_token_seconds AS "maxTokenSeconds"
        FROM apps WHERE app_id = ${BigInt(appId)} FOR UPDATE`;
      if (before === undefined) {
        throw new AppError('ADMIN_APP_NOT_FOUND');
      }
      const row = await tx.app.update({
        where: { appId: BigInt(appId) },
        data: { ...policy, entitlementsVersion: { increment: 1 } },
      });
      await appendAudit(tx, {
        ...origin,
        action: 'app.setCredentials',
        appId,
        subject: 'credentials',
        before: { ...before },
        after: { ...policy },
      });
      return { app: toRecord(row), version: row.entitlementsVersion };
    });
  }

  /** Throws ADMIN_APP_NOT_FOUND. */
  async find(appId: number): Promise<AppRecord> {
    const row = await this.prisma.app.findUnique({ where: { appId: BigInt(appId) } });
    if (row === null) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return toRecord(row);
  }

  /**
   * Deletes an AppID with its secrets and entitlements, and adds an audit row. The audit stays. Returns the last
   * version. Throws ADMIN_APP_NOT_FOUND.
   */
  async delete(appId: number, origin: AuditOrigin): Promise<number> {
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, appId);
      const { name, enabled } = await tx.app.delete({ where: { appId: BigInt(appId) } });
      await appendAudit(tx, {
        ...origin,
        action: 'app.delete',
        appId,
        subject: 'app',
        before: { name, enabled },
      });
      return version;
    });
  }

  /**
   * Replaces the AppSign with its audit row; `oldValidUntil` ends the old one later than now. Returns the new
   * version. Throws ADMIN_APP_NOT_FOUND.
   */
  async replaceAppSign(
    appId: number,
    appSignHash: string,
    oldValidUntil: Date | undefined,
    origin: AuditOrigin,
  ): Promise<number> {
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, appId);
      const { appSignHash: old } = await tx.app.findUniqueOrThrow({
        where: { appId: BigInt(appId) },
        select: { appSignHash: true },
      });
      await tx.app.update({
        where: { appId: BigInt(appId) },
        data: {
          appSignHash,
          previousAppSignHash: oldValidUntil === undefined ? null : old,
          previousAppSignUntil: oldValidUntil ?? null,
        },
      });
      await appendAudit(tx, {
        ...origin,
        action: 'app.replaceAppSign',
        appId,
        subject: 'appSign',
        after: { oldValidUntilMs: oldValidUntil?.getTime() ?? null },
      });
      return version;
    });
  }
}

function toRecord(row: {
  appId: bigint;
  name: string;
  enabled: boolean;
  credentialKinds: string[];
  maxTokenSeconds: number | null;
  createdAt: Date;
}): AppRecord {
  return {
    appId: Number(row.appId),
    name: row.name,
    enabled: row.enabled,
    credentialKinds: row.credentialKinds as CredentialKind[],
    maxTokenSeconds: row.maxTokenSeconds,
    createdAtMs: row.createdAt.getTime(),
  };
}

function isPrismaError(error: unknown, code: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}

/** The type of a failure without its text, which may quote data. */
function withoutData(error: unknown): Error {
  const code = error instanceof Prisma.PrismaClientKnownRequestError ? ` ${error.code}` : '';
  return new Error(`the AppID could not be stored: ${error instanceof Error ? error.name : 'error'}${code}`);
}
