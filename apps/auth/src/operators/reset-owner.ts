import { randomUUID } from 'node:crypto';
import { ConfigError } from '@polyroom/config';
import { operatorsRpc } from '@polyroom/contracts';
import { type Database } from '@polyroom/persistence';
import { createTemporaryPassword, hashPassword } from './password.js';

const origin = { actor: 'command line' };

/**
 * The command `reset-owner`: makes an owner, or gives an operator the role, a temporary password and no second
 * factor. Returns the password.
 */
export async function resetOwner(database: Database, emailText: string): Promise<string> {
  const parsed = operatorsRpc.operatorEmailSchema.safeParse(emailText);
  if (!parsed.success) {
    throw new ConfigError('the argument of reset-owner is not an e-mail address');
  }
  const email = parsed.data;
  const { operators } = database;
  const password = createTemporaryPassword();
  const passwordHash = await hashPassword(password);
  const known = await operators.find({ email });
  if (known === undefined) {
    await operators.create({
      ...{
        operatorId: randomUUID(),
        email,
        name: 'Owner',
        grants: [{ role: 'owner' }],
        passwordHash,
        ...origin,
      },
    });
    return password;
  }
  const { operatorId, grants } = known;
  await operators.removeFactors(operatorId, origin);
  await operators.setTemporaryPassword(operatorId, passwordHash, origin);
  if (!grants.some(({ role }) => role === 'owner')) {
    const ofApps = grants.filter(({ appId }) => appId !== undefined);
    await operators.setGrants(operatorId, [{ role: 'owner' }, ...ofApps], origin);
  }
  await operators.setEnabled(operatorId, true, origin);
  return password;
}
