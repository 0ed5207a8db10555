import { type PrismaClient } from './generated/client.js';

/** A public key that verifies statements. */
export interface StatementKeyRecord {
  kid: string;
  /** `x` of the Ed25519 JWK. */
  x: string;
  notAfterMs: number;
}

/** The public keys of all auth instances, so that each of them can tell the verifiers. */
export class StatementKeyRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Adds a key and removes expired ones. */
  async add({ kid, x, notAfterMs }: StatementKeyRecord): Promise<void> {
    await this.prisma.statementKey.create({ data: { kid, x, notAfter: new Date(notAfterMs) } });
    await this.prisma.statementKey.deleteMany({ where: { notAfter: { lt: new Date() } } });
  }

  /** The keys that are not expired. */
  async list(): Promise<StatementKeyRecord[]> {
    const rows = await this.prisma.statementKey.findMany({ where: { notAfter: { gte: new Date() } } });
    return rows.map(({ kid, x, notAfter }) => ({ kid, x, notAfterMs: notAfter.getTime() }));
  }
}
