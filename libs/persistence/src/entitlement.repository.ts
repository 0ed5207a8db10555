import { AppError, authRpc, type EntitlementName } from '@polyroom/contracts';
import {
  entitlementList,
  type EntitlementRow,
  type EntitlementValue,
  type UserEntitlementRow,
} from '@polyroom/entitlements';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type Prisma, type PrismaClient } from './generated/client.js';
import { nextVersion } from './next-version.js';

/** When a value is in force, in Unix ms, and why it was set. */
export interface EntitlementTerms {
  fromMs?: number | undefined;
  untilMs?: number | undefined;
  note?: string | undefined;
}

/** The entitlements that were set for one AppID and for its users. */
export interface EntitlementSet {
  enabled: boolean;
  version: number;
  rows: (EntitlementRow & EntitlementTerms)[];
  users: (EntitlementTerms & UserEntitlementRow)[];
}

/** A new value, or null to remove it. `userId`: for this user only. */
export type EntitlementChange = AuditOrigin & {
  appId: number;
  userId?: string;
  /** The expected version before the change; undefined = any. */
  ifVersion?: number | undefined;
} & EntitlementTerms &
  (EntitlementValue | { name: EntitlementName; value: null });

interface TermsColumns {
  fromAt: Date | null;
  untilAt: Date | null;
  note: string | null;
}
const columns = { name: true, value: true, fromAt: true, untilAt: true, note: true } as const;

/** Entitlements that were set. A missing row means what applies without one: the AppID's, or the built-in default. */
export class EntitlementRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /**
   * Undefined if the AppID does not exist. Rows may be newer than `version` if a change falls between the
   * reads, never older; a cache then receives the announcement of the newer version.
   */
  async find(appId: number): Promise<EntitlementSet | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: {
        enabled: true,
        entitlementsVersion: true,
        entitlements: { select: columns },
        userEntitlements: { select: { ...columns, userId: true } },
      },
    });
    return app === null
      ? undefined
      : {
          enabled: app.enabled,
          version: app.entitlementsVersion,
          rows: app.entitlements.map((row) => ({ name: row.name, value: row.value, ...toTerms(row) })),
          users: app.userEntitlements.map((row) => ({
            userId: row.userId,
            name: row.name,
            value: row.value,
            ...toTerms(row),
          })),
        };
  }

  /**
   * Stores the change, increments the version and writes the audit atomically; returns the new version.
   * Throws ADMIN_APP_NOT_FOUND, REST_PRECONDITION_FAILED for another version than the expected one, and
   * ADMIN_ENTITLEMENT_LIMIT_REACHED for one value too many of users.
   */
  async set(
    { appId: id, userId, name, value, fromMs, untilMs, note, ifVersion, ...origin }: EntitlementChange,
    maxUserValues: number = authRpc.userEntitlementMaxCount,
  ): Promise<number> {
    const appId = BigInt(id);
    const { actor } = origin;
    const terms = { fromMs, untilMs, note };
    return this.prisma.$transaction(async (tx) => {
      const version = await nextVersion(tx, id);
      if (ifVersion !== undefined && version !== ifVersion + 1) {
        throw new AppError('REST_PRECONDITION_FAILED');
      }
      const row = { appId, name, updatedBy: actor, ...toColumns(terms) };
      const before =
        userId === undefined
          ? await replace(tx, row, value)
          : await replaceOfUser(tx, { ...row, userId }, value, maxUserValues);
      const without = userId === undefined ? entitlementList[name].default : null;
      await appendAudit(tx, {
        ...origin,
        action: value === null ? 'entitlement.reset' : 'entitlement.set',
        appId: id,
        subject: userId === undefined ? name : `${name} of user ${userId}`,
        before: before ?? without,
        after: value === null ? without : describe(value, terms),
      });
      return version;
    });
  }
}

type Row = TermsColumns & { appId: bigint; name: string; updatedBy: string };
type Stored = boolean | number | string;

/** Returns what was stored before. */
async function replace(
  tx: Prisma.TransactionClient,
  { appId, name, ...data }: Row,
  value: Stored | null,
): Promise<Prisma.InputJsonValue | undefined> {
  const where = { appId_name: { appId, name } };
  const before = await tx.entitlement.findUnique({ where, select: columns });
  await (value === null
    ? tx.entitlement.deleteMany({ where: { appId, name } })
    : tx.entitlement.upsert({
        where,
        create: { appId, name, value, ...data },
        update: { value, ...data },
      }));
  return before === null ? undefined : describe(before.value as Stored, toTerms(before));
}

async function replaceOfUser(
  tx: Prisma.TransactionClient,
  { appId, userId, name, ...data }: Row & { userId: string },
  value: Stored | null,
  maxCount: number,
): Promise<Prisma.InputJsonValue | undefined> {
  const where = { appId_userId_name: { appId, userId, name } };
  const before = await tx.userEntitlement.findUnique({ where, select: columns });
  if (value === null) {
    await tx.userEntitlement.deleteMany({ where: { appId, userId, name } });
  } else {
    if (before === null && (await tx.userEntitlement.count({ where: { appId } })) >= maxCount) {
      throw new AppError('ADMIN_ENTITLEMENT_LIMIT_REACHED', { details: { maxCount } });
    }
    await tx.userEntitlement.upsert({
      where,
      create: { appId, userId, name, value, ...data },
      update: { value, ...data },
    });
  }
  return before === null ? undefined : describe(before.value as Stored, toTerms(before));
}

/** For the audit: the value, with its terms if it has any. */
function describe(value: Stored, terms: EntitlementTerms): Prisma.InputJsonValue {
  const named = Object.entries(terms).filter(([, term]) => term !== undefined);
  return named.length === 0
    ? value
    : { value, ...(Object.fromEntries(named) as Record<string, number | string>) };
}

function toColumns({ fromMs, untilMs, note }: EntitlementTerms): TermsColumns {
  return {
    fromAt: fromMs === undefined ? null : new Date(fromMs),
    untilAt: untilMs === undefined ? null : new Date(untilMs),
    note: note ?? null,
  };
}

function toTerms({ fromAt, untilAt, note }: TermsColumns): EntitlementTerms {
  return {
    ...(fromAt === null ? {} : { fromMs: fromAt.getTime() }),
    ...(untilAt === null ? {} : { untilMs: untilAt.getTime() }),
    ...(note === null ? {} : { note }),
  };
}
