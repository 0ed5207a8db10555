import { type PrismaClient } from './generated/client.js';

/** A public key that verifies statements. */
export interface StatementKeyRecord {
  kid: string;
  /** `x` of the Ed25519 JWK. */
  x: string;
  notAfterMs: number;
}

/** Expired keys are kept for this long: they prove the author of an act that is reported late. */
const keepExpiredMs = 86_400_000;

/** The public keys of all auth instances, so that each of them can tell the verifiers. */
export class StatementKeyRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Adds a key and removes those that expired a day ago. */
  async add({ kid, x, notAfterMs }: StatementKeyRecord): Promise<void> {
    await this.prisma.statementKey.create({ data: { kid, x, notAfter: new Date(notAfterMs) } });
    const expired = new Date(Date.now() - keepExpiredMs);
    await this.prisma.statementKey.deleteMany({ where: { notAfter: { lt: expired } } });
  }

  /** Also an expired key. */
  async find(kid: string): Promise<StatementKeyRecord | undefined> {
    const row = await this.prisma.statementKey.findUnique({ where: { kid } });
    return row === null ? undefined : { kid, x: row.x, notAfterMs: row.notAfter.getTime() };
  }

  /** The keys that are not expired. */
  async list(): Promise<StatementKeyRecord[]> {
    const rows = await this.prisma.statementKey.findMany({ where: { notAfter: { gte: new Date() } } });
    return rows.map(({ kid, x, notAfter }) => ({ kid, x, notAfterMs: notAfter.getTime() }));
  }
}
