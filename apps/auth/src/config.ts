import { serviceFields, textFor } from '@polyroom/config';
import { z } from 'zod';
import { AdminTokens } from './admin/admin-tokens.js';

/** What the auth service reads from its environment. */
export const authConfigSchema = z.object({
  ...serviceFields,
  /** A PostgreSQL server; needed as soon as there is more than one auth process. */
  DATABASE_URL: textFor(checkDatabaseUrl).optional(),
  /** Where the embedded database lies when there is no DATABASE_URL; `memory://` keeps nothing. */
  POLYROOM_PGLITE_DIR: z.string().default('.polyroom/pglite'),
  /** `name:token,name:token`; without any, nobody can administer. */
  POLYROOM_ADMIN_TOKENS: textFor((text) => AdminTokens.parse(text)).default(''),
  /**
   * How long a token may be valid, from its issue to its expiry. 24 days are ZEGO's own limit for token04.
   * Not called TOKEN: what is named so counts as a secret and is hidden in logs.
   */
  POLYROOM_MAX_GRANT_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(366 * 86_400)
    .default(24 * 86_400),
});
export type AuthConfig = z.output<typeof authConfigSchema>;

/** What the driver would refuse later, with a message that may quote the password. */
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
