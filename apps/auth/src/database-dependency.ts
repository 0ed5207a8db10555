import { withoutCredentials } from '@polyroom/config';
import { type Dependency } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { Database, isDatabaseAway, type SecretKeys } from '@polyroom/persistence';
import { type AuthConfig } from './config.js';

/** Opening the database brings it up to date. */
export function databaseDependency(
  { DATABASE_URL: databaseUrl, POLYROOM_PGLITE_DIR: pgliteDir }: AuthConfig,
  secretKeys: SecretKeys,
  logger: Logger,
): Dependency<Database> {
  return {
    check: 'database',
    name: databaseUrl === undefined ? 'the embedded database' : 'PostgreSQL',
    address: databaseUrl === undefined ? pgliteDir : withoutCredentials(databaseUrl),
    connect: () => Database.open({ databaseUrl, pgliteDir, secretKeys, logger }),
    isFatal: (error) => !isDatabaseAway(error),
  };
}
