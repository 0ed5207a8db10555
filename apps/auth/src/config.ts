import { serviceFields, textFor } from '@polyroom/config';
import { SecretKeys } from '@polyroom/persistence';
import { maxLifetimeBounds } from '@polyroom/tokens';
import { z } from 'zod';
import { AdminTokens } from './admin/admin-tokens.js';

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
  /** `name:token,name:token`; without any, the admin API is not usable. */
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
