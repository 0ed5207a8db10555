import { readFile } from 'node:fs/promises';
import { ConfigError } from '@polyroom/config';
import { type AuthConfig } from '../config.js';
import { type AccountSettings, type OidcSettings } from './account-settings.js';
import { parseRoles } from './parse-roles.js';

/** Throws ConfigError, without any part of the secret. */
export async function readAccountSettings(config: AuthConfig): Promise<AccountSettings> {
  return {
    adminUrl: config.POLYROOM_ADMIN_URL,
    consoleOrigins: config.POLYROOM_CONSOLE_ORIGINS,
    oidc: await readOidc(config),
  };
}

async function readOidc(config: AuthConfig): Promise<OidcSettings | undefined> {
  const issuer = config.POLYROOM_OIDC_ISSUER;
  if (issuer === undefined) {
    return undefined;
  }
  const { POLYROOM_OIDC_CLIENT_ID: clientId, POLYROOM_OIDC_SECRET_FILE: secretFile } = config;
  if (clientId === undefined || secretFile === undefined || config.POLYROOM_OIDC_ROLES === undefined) {
    throw new ConfigError(
      'POLYROOM_OIDC_ISSUER needs POLYROOM_OIDC_CLIENT_ID, POLYROOM_OIDC_SECRET_FILE and POLYROOM_OIDC_ROLES',
    );
  }
  let clientSecret: string;
  try {
    clientSecret = (await readFile(secretFile, 'utf8')).trim();
  } catch (error) {
    throw new ConfigError(`POLYROOM_OIDC_SECRET_FILE: ${(error as Error).message}`, { cause: error });
  }
  if (clientSecret === '') {
    throw new ConfigError('POLYROOM_OIDC_SECRET_FILE: the file is empty');
  }
  return {
    ...{ issuer, name: config.POLYROOM_OIDC_NAME, clientId, clientSecret },
    rolesClaim: config.POLYROOM_OIDC_ROLES_CLAIM,
    grantsOf: parseRoles(config.POLYROOM_OIDC_ROLES),
  };
}
