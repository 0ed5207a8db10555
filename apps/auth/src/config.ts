import { originList, serviceFields, textFor } from '@polyroom/config';
import { SecretKeys } from '@polyroom/persistence';
import { maxLifetimeBounds } from '@polyroom/tokens';
import { z } from 'zod';
import { operatorsRpc } from '@polyroom/contracts';
import { AdminTokens } from './admin/admin-tokens.js';
import { parseRoles } from './operators/parse-roles.js';

/** Where the data is. */
export const databaseFields = {
  /** A PostgreSQL server; required if there is more than one auth process. */
  DATABASE_URL: textFor(checkDatabaseUrl).optional(),
  /** Directory of the embedded database if there is no DATABASE_URL; `memory://` stores nothing. */
  POLYROOM_PGLITE_DIR: z.string().default('.polyroom/pglite'),
};

/** Environment variables of the auth service. */
export const authConfigSchema = z.object({
  ...serviceFields,
  ...databaseFields,
  /** Keys that encrypt the secrets in the database, in base64: the first one encrypts, all of them decrypt. */
  POLYROOM_SECRETS_KEY: textFor((text) => SecretKeys.parse(text)).optional(),
  /** A file with these keys, instead of POLYROOM_SECRETS_KEY. */
  POLYROOM_SECRETS_KEY_FILE: z.string().optional(),
  /** How old the rules of an AppID may be that logins use while the database is unavailable. */
  POLYROOM_DATABASE_OUTAGE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(1800),
  /** The address of the REST API as browsers see it. */
  POLYROOM_ADMIN_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:7080'),
  /** Origins of the console: operators sign in there, and passkeys are bound to the host of the first one. */
  POLYROOM_CONSOLE_ORIGINS: originList,
  /** E-mail address of the owner that the first start makes. */
  POLYROOM_FIRST_OWNER: operatorsRpc.operatorEmailSchema.default('owner@polyroom.internal'),
  /** The first start writes here how this owner signs in. */
  POLYROOM_FIRST_OWNER_FILE: z.string().default('.polyroom/first-owner.txt'),
  /** The OIDC provider that operators may sign in with. */
  POLYROOM_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** Shown on the button. */
  POLYROOM_OIDC_NAME: z.string().max(50).default('SSO'),
  POLYROOM_OIDC_CLIENT_ID: z.string().optional(),
  /** A file with the client secret. */
  POLYROOM_OIDC_SECRET_FILE: z.string().optional(),
  /** The claim with the groups of a user. */
  POLYROOM_OIDC_ROLES_CLAIM: z.string().default('groups'),
  /** `group=role` or `group=role:AppID`, separated by commas. */
  POLYROOM_OIDC_ROLES: textFor(parseRoles).optional(),
  /** Operators for automation, as `name:token,name:token`. */
  POLYROOM_ADMIN_TOKENS: textFor((text) => AdminTokens.parse(text)).default(''),
  /**
   * Maximum validity of a token, from issue to expiry. The name does not contain TOKEN, because such variables
   * count as secrets and are hidden in logs.
   */
  POLYROOM_MAX_GRANT_SECONDS: z.coerce
    .number()
    .int()
    .min(maxLifetimeBounds.minSeconds)
    .max(maxLifetimeBounds.maxSeconds)
    .default(maxLifetimeBounds.defaultSeconds),
});
export type AuthConfig = z.output<typeof authConfigSchema>;

/** Refused here, because the driver would refuse it later with a message that may quote the password. */
function checkDatabaseUrl(text: string): void {
  // Without a host it is a Unix socket.
  const hasHost = URL.canParse(text) || URL.canParse(text.replace('@/', '@host/'));
  if (!/^postgres(ql)?:\/\//.test(text) || !hasHost) {
    throw new Error(
      'is not an address such as postgresql://user:password@host:5432/database; ' +
        'reserved characters in a user name or password must be percent-encoded',
    );
  }
}
