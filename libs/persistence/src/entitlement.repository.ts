import { type EntitlementName } from '@polyroom/contracts';
import { entitlementList, type EntitlementRow, type EntitlementValue } from '@polyroom/entitlements';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type PrismaClient } from './generated/client.js';
import { nextVersion } from './next-version.js';

/** The entitlement overrides of one AppID. */
export interface EntitlementSet {
  enabled: boolean;
  version: number;
  rows: EntitlementRow[];
}

/** A new value, or null for the default. */
export type EntitlementChange = AuditOrigin & { appId: number } & (
    EntitlementValue | { name: EntitlementName; value: null }
  );

/** Entitlement overrides. A missing row means the built-in default. */
export class EntitlementRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /**
   * Undefined if the AppID does not exist. Rows may be newer than `version` if a change falls between the two
   * reads, never older; a cache then receives the announcement of the newer version.
   */
  async find(appId: number): Promise<EntitlementSet | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: {
        enabled: true,
        entitlementsVersion: true,
        entitlements: { select: { name: true, value: true } },
      },
    });
    return app === null
      ? undefined
      : { enabled: app.enabled, version: app.entitlementsVersion, rows: app.entitlements };
  }

  /**
   * Stores the change, increments the version and writes the audit atomically; returns the new version.
   * Throws ADMIN_APP_NOT_FOUND.
   */
  async set({ appId: id, name, value, ...origin }: EntitlementChange): Promise<number> {
    const appId = BigInt(id);
    const { actor } = origin;
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, id);
      const where = { appId_name: { appId, name } };
      const before = await tx.entitlement.findUnique({ where, select: { value: true } });
      if (value === null) {
        await tx.entitlement.deleteMany({ where: { appId, name } });
      } else {
        await tx.entitlement.upsert({
          where,
          create: { appId, name, value, updatedBy: actor },
          update: { value, updatedBy: actor },
        });
      }
      await appendAudit(tx, {
        ...origin,
        action: value === null ? 'entitlement.reset' : 'entitlement.set',
        appId: id,
        subject: name,
        before: before?.value ?? entitlementList[name].default,
        after: value ?? entitlementList[name].default,
      });
      return version;
    });
  }
}
