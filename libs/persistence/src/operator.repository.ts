import { createHash } from 'node:crypto';
import { AppError, type OperatorGrant } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type Prisma, type PrismaClient } from './generated/client.js';

/** An account without its credentials. */
export interface OperatorRecord {
  operatorId: string;
  email: string;
  name: string;
  grants: OperatorGrant[];
  enabled: boolean;
  mustChangePassword: boolean;
  hasPassword: boolean;
  hasTotp: boolean;
  passkeys: number;
  createdAtMs: number;
}

export interface NewOperator extends AuditOrigin {
  operatorId: string;
  email: string;
  name: string;
  grants: OperatorGrant[];
  /** Of a temporary password. */
  passwordHash: string;
}

/** A session without its token. */
export interface OperatorSessionRecord {
  sessionId: string;
  createdAtMs: number;
  expiresAtMs: number;
  address: string | null;
  userAgent: string | null;
}

type Tx = Prisma.TransactionClient;

interface Change {
  action: string;
  data: Prisma.OperatorUpdateInput;
  before?: object;
  after?: object;
}

/** Longer than a code is accepted: three periods of 30 s. */
const usedTotpCodeMs = 120_000;
/** The name that better-auth gives to passwords. */
const passwordProvider = 'credential';

const withFactors = {
  accounts: { where: { providerId: passwordProvider }, select: { id: true } },
  _count: { select: { passkeys: true } },
} satisfies Prisma.OperatorInclude;
type Row = Prisma.OperatorGetPayload<{ include: typeof withFactors }>;

/** Accounts of operators, beside what better-auth does with them. Each change writes its audit row. */
export class OperatorRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async count(): Promise<number> {
    return this.prisma.operator.count();
  }

  async list(): Promise<OperatorRecord[]> {
    const rows = await this.prisma.operator.findMany({ include: withFactors, orderBy: { email: 'asc' } });
    return rows.map(toRecord);
  }

  /** Undefined if the operator does not exist. */
  async find(by: { operatorId: string } | { email: string }): Promise<OperatorRecord | undefined> {
    const where = 'email' in by ? { email: by.email } : { id: by.operatorId };
    const row = await this.prisma.operator.findUnique({ where, include: withFactors });
    return row === null ? undefined : toRecord(row);
  }

  /** Throws ADMIN_OPERATOR_EXISTS if there is an account with this e-mail address, or, with `isFirst`, any. */
  async create(operator: NewOperator, { isFirst = false } = {}): Promise<OperatorRecord> {
    const { operatorId, email, name, grants, passwordHash, ...origin } = operator;
    return this.prisma.$transaction(async (tx) => {
      await lockAll(tx);
      if ((await tx.operator.count({ where: isFirst ? {} : { email } })) > 0) {
        throw new AppError('ADMIN_OPERATOR_EXISTS');
      }
      const row = await tx.operator.create({
        data: {
          ...{ id: operatorId, email, name, grants: JSON.stringify(grants), mustChangePassword: true },
          // The operator who made the account vouches for the address.
          emailVerified: true,
          accounts: {
            create: {
              ...{ id: operatorId, accountId: operatorId, providerId: passwordProvider },
              password: passwordHash,
            },
          },
        },
        include: withFactors,
      });
      await appendAudit(tx, {
        ...origin,
        action: 'operator.create',
        subject: email,
        after: { name, grants },
      });
      return toRecord(row);
    });
  }

  /** Throws ADMIN_OPERATOR_NOT_FOUND, and ADMIN_LAST_OWNER if no other owner is enabled. */
  async setGrants(operatorId: string, grants: OperatorGrant[], origin: AuditOrigin): Promise<OperatorRecord> {
    return this.change(operatorId, origin, (_tx, before) => ({
      action: 'operator.setGrants',
      data: { grants: JSON.stringify(grants) },
      before: { grants: before.grants },
      after: { grants },
    }));
  }

  /** Disabling ends the sessions. Throws ADMIN_OPERATOR_NOT_FOUND and ADMIN_LAST_OWNER. */
  async setEnabled(operatorId: string, enabled: boolean, origin: AuditOrigin): Promise<OperatorRecord> {
    return this.change(operatorId, origin, async (tx, before) => {
      if (!enabled) {
        await tx.operatorSession.deleteMany({ where: { userId: operatorId } });
      }
      return {
        action: enabled ? 'operator.enable' : 'operator.disable',
        data: { disabledAt: enabled ? null : new Date() },
        before: { enabled: before.enabled },
        after: { enabled },
      };
    });
  }

  /** Sets a temporary password, and ends the sessions. Throws ADMIN_OPERATOR_NOT_FOUND. */
  async setTemporaryPassword(
    operatorId: string,
    passwordHash: string,
    origin: AuditOrigin,
  ): Promise<OperatorRecord> {
    return this.change(operatorId, origin, async (tx) => {
      await tx.operatorAccount.deleteMany({ where: { userId: operatorId, providerId: passwordProvider } });
      await tx.operatorAccount.create({
        data: {
          ...{ id: operatorId, accountId: operatorId, userId: operatorId },
          ...{ providerId: passwordProvider, password: passwordHash },
        },
      });
      await tx.operatorSession.deleteMany({ where: { userId: operatorId } });
      return { action: 'operator.resetPassword', data: { mustChangePassword: true } };
    });
  }

  /** Removes TOTP and passkeys, and ends the sessions. Throws ADMIN_OPERATOR_NOT_FOUND. */
  async removeFactors(operatorId: string, origin: AuditOrigin): Promise<OperatorRecord> {
    return this.change(operatorId, origin, async (tx, { hasTotp, passkeys }) => {
      const where = { userId: operatorId };
      await tx.operatorTwoFactor.deleteMany({ where });
      await tx.operatorPasskey.deleteMany({ where });
      await tx.operatorSession.deleteMany({ where });
      return {
        action: 'operator.removeFactors',
        data: { twoFactorEnabled: false },
        before: { hasTotp, passkeys },
      };
    });
  }

  /** The operator has a password of its own. */
  async notePasswordChange(operatorId: string, origin: AuditOrigin): Promise<OperatorRecord> {
    return this.change(operatorId, origin, () => ({
      action: 'operator.changePassword',
      data: { mustChangePassword: false },
    }));
  }

  /** False if the operator has used the code before. */
  async useTotpCode(operatorId: string, code: string): Promise<boolean> {
    // The ID is unique: of two requests at the same time one fails.
    const id = createHash('sha256').update(`used totp ${operatorId} ${code}`).digest('base64url');
    const expiresAt = new Date(Date.now() + usedTotpCodeMs);
    const { count } = await this.prisma.operatorVerification.createMany({
      data: [{ id, identifier: 'used totp code', value: operatorId, expiresAt }],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** Ends a session that was never given to its browser. */
  async dropSession(token: string): Promise<void> {
    await this.prisma.operatorSession.deleteMany({ where: { token } });
  }

  /** Throws ADMIN_OPERATOR_NOT_FOUND. */
  async listSessions(operatorId: string): Promise<OperatorSessionRecord[]> {
    const operator = await this.prisma.operator.findUnique({
      where: { id: operatorId },
      select: {
        sessions: { where: { expiresAt: { gt: new Date() } }, orderBy: { createdAt: 'desc' } },
      },
    });
    if (operator === null) {
      throw new AppError('ADMIN_OPERATOR_NOT_FOUND');
    }
    return operator.sessions.map((session) => ({
      sessionId: session.id,
      createdAtMs: session.createdAt.getTime(),
      expiresAtMs: session.expiresAt.getTime(),
      address: session.ipAddress,
      userAgent: session.userAgent,
    }));
  }

  /** Ends one session, or all of them; returns how many. Throws ADMIN_OPERATOR_NOT_FOUND. */
  async endSessions(operatorId: string, sessionId: string | undefined, origin: AuditOrigin): Promise<number> {
    return this.prisma.$transaction(async (tx) => {
      const operator = await tx.operator.findUnique({ where: { id: operatorId }, select: { email: true } });
      if (operator === null) {
        throw new AppError('ADMIN_OPERATOR_NOT_FOUND');
      }
      const { count } = await tx.operatorSession.deleteMany({
        where: { userId: operatorId, ...(sessionId === undefined ? {} : { id: sessionId }) },
      });
      if (count > 0) {
        await appendAudit(tx, {
          ...{ ...origin, action: 'operator.endSessions', subject: operator.email },
          after: { ended: count },
        });
      }
      return count;
    });
  }

  /** A change may take away the last owner: all changes run one after the other. */
  private async change(
    operatorId: string,
    origin: AuditOrigin,
    toChange: (tx: Tx, before: OperatorRecord) => Change | Promise<Change>,
  ): Promise<OperatorRecord> {
    return this.prisma.$transaction(async (tx) => {
      await lockAll(tx);
      const row = await tx.operator.findUnique({ where: { id: operatorId }, include: withFactors });
      if (row === null) {
        throw new AppError('ADMIN_OPERATOR_NOT_FOUND');
      }
      const before = toRecord(row);
      const { data, ...entry } = await toChange(tx, before);
      await tx.operator.update({ where: { id: operatorId }, data });
      const after = toRecord(
        await tx.operator.findUniqueOrThrow({ where: { id: operatorId }, include: withFactors }),
      );
      if (isOwner(before) && !isOwner(after)) {
        const rows = await tx.operator.findMany({ include: withFactors });
        if (!rows.map(toRecord).some(isOwner)) {
          throw new AppError('ADMIN_LAST_OWNER');
        }
      }
      await appendAudit(tx, { ...origin, ...entry, subject: before.email });
      return after;
    });
  }
}

const isOwner = ({ enabled, grants }: OperatorRecord): boolean =>
  enabled && grants.some(({ role }) => role === 'owner');

/** Also while there is no row to lock. */
async function lockAll(tx: Tx): Promise<void> {
  await tx.$executeRaw`LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE`;
}

function toRecord(row: Row): OperatorRecord {
  return {
    operatorId: row.id,
    email: row.email,
    name: row.name,
    grants: JSON.parse(row.grants) as OperatorGrant[],
    enabled: row.disabledAt === null,
    mustChangePassword: row.mustChangePassword,
    hasPassword: row.accounts.length > 0,
    hasTotp: row.twoFactorEnabled === true,
    passkeys: row._count.passkeys,
    createdAtMs: row.createdAt.getTime(),
  };
}
