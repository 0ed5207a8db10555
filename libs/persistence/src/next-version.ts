import { AppError } from '@polyroom/contracts';
import { type Prisma } from './generated/client.js';

/**
 * Increments and returns the version of an AppID's rules, first in the transaction of a change: it locks the
 * AppID, so concurrent changes are serialized, also in the audit. Throws ADMIN_APP_NOT_FOUND.
 */
export async function nextVersion(tx: Prisma.TransactionClient, appId: number): Promise<number> {
  const [app] = await tx.app.updateManyAndReturn({
    where: { appId: BigInt(appId) },
    data: { entitlementsVersion: { increment: 1 } },
    select: { entitlementsVersion: true },
  });
  if (app === undefined) {
    throw new AppError('ADMIN_APP_NOT_FOUND');
  }
  return app.entitlementsVersion;
}
