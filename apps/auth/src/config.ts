import { serviceFields } from '@polyroom/config';
import { z } from 'zod';

/** What the auth service reads from its environment. */
export const authConfigSchema = z.object({
  ...serviceFields,
  /** A PostgreSQL server; needed as soon as there is more than one auth process. */
  DATABASE_URL: z.string().startsWith('postgres').optional(),
  /** Where the embedded database lies when there is no DATABASE_URL; `memory://` keeps nothing. */
  POLYROOM_PGLITE_DIR: z.string().default('.polyroom/pglite'),
  /** `name:token,name:token`; without any, nobody can administer. */
  POLYROOM_ADMIN_TOKENS: z.string().default(''),
});
export type AuthConfig = z.output<typeof authConfigSchema>;
