import { readFile } from 'node:fs/promises';
import { ConfigError } from '@polyroom/config';
import { SecretKeys } from '@polyroom/persistence';
import { type AuthConfig } from './config.js';

/** Reads the keys that encrypt the secrets in the database. Throws ConfigError, without any part of a key. */
export async function readSecretKeys(
  config: Pick<AuthConfig, 'POLYROOM_SECRETS_KEY' | 'POLYROOM_SECRETS_KEY_FILE'>,
): Promise<SecretKeys> {
  const { POLYROOM_SECRETS_KEY: text, POLYROOM_SECRETS_KEY_FILE: file } = config;
  if (text !== undefined && file !== undefined) {
    throw new ConfigError('set POLYROOM_SECRETS_KEY or POLYROOM_SECRETS_KEY_FILE, not both');
  }
  if (text !== undefined) {
    return SecretKeys.parse(text);
  }
  if (file === undefined) {
    throw new ConfigError(
      'POLYROOM_SECRETS_KEY or POLYROOM_SECRETS_KEY_FILE must be set: it encrypts the secrets in the database. ' +
        'Make a key once with `openssl rand -base64 32`, and keep it beside the backups, not in them',
    );
  }
  try {
    return SecretKeys.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`POLYROOM_SECRETS_KEY_FILE: ${(error as Error).message}`, { cause: error });
  }
}
