import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@polyroom/contracts';
import { type Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { createTemporaryPassword, hashPassword } from './password.js';

export interface FirstOwnerSettings {
  email: string;
  /** Gets the temporary password: a log would keep it. */
  file: string;
  /** Of the console. */
  signInUrl: string;
}

/**
 * Without any operator, makes an owner with a temporary password, and a file that says how to sign in. If the file
 * cannot be written there is no owner: the command `reset-owner` makes one.
 */
export async function ensureFirstOwner(
  database: Database,
  { email, file, signInUrl }: FirstOwnerSettings,
  logger: Logger,
): Promise<void> {
  if ((await database.operators.count()) > 0) {
    return;
  }
  const operatorId = randomUUID();
  const password = createTemporaryPassword();
  const unfinished = `${file}.${operatorId}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(unfinished, describeSignIn(signInUrl, email, password), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    logger.warn(
      { file, reason: (error as NodeJS.ErrnoException).code },
      'there is no operator, and the file for the first owner cannot be written: run reset-owner',
    );
    return;
  }
  try {
    await database.operators.create(
      {
        ...{ operatorId, email, name: 'Owner', grants: [{ role: 'owner' }], actor: 'first start' },
        passwordHash: await hashPassword(password),
      },
      { isFirst: true },
    );
    await rename(unfinished, file);
    logger.info({ file }, 'first owner created: the file says how to sign in');
  } catch (error) {
    await rm(unfinished, { force: true });
    // Another instance was faster.
    if (!AppError.is(error, 'ADMIN_OPERATOR_EXISTS')) {
      throw error;
    }
  }
}

function describeSignIn(signInUrl: string, email: string, password: string): string {
  return [
    `Sign in at ${signInUrl}`,
    `E-mail:             ${email}`,
    `Temporary password: ${password}`,
    'The first sign-in asks for a new password. Then delete this file.',
    '',
  ].join('\n');
}
