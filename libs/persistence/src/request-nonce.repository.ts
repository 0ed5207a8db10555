import { type PrismaClient } from './generated/client.js';

/** The nonces of signed requests, so that a captured request cannot be sent again. */
export class RequestNonceRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Stores a nonce; false if the AppID has used it already. */
  async add(appId: number, nonce: string, expiresAtMs: number): Promise<boolean> {
    const row = { appId: BigInt(appId), nonce, expiresAt: new Date(expiresAtMs) };
    const { count } = await this.prisma.requestNonce.createMany({ data: [row], skipDuplicates: true });
    return count === 1;
  }

  async deleteExpired(nowMs: number): Promise<void> {
    await this.prisma.requestNonce.deleteMany({ where: { expiresAt: { lte: new Date(nowMs) } } });
  }
}
