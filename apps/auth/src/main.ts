import { ConfigError, loadConfig, readServiceSettings, withoutCredentials } from '@polyroom/config';
import { type Dependency, type ProcessStart, runProcess } from '@polyroom/nest-service';
import { createLogger, type Logger } from '@polyroom/observability';
import { Database, isDatabaseAway, type SecretKeys } from '@polyroom/persistence';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { type AuthConfig, authConfigSchema } from './config.js';
import { reEncrypt } from './re-encrypt.js';
import { withDatabase } from './with-database.js';
import { ensureFirstOwner } from './operators/first-owner.js';
import { readAccountSettings } from './operators/read-account-settings.js';
import { resetOwner } from './operators/reset-owner.js';
import { readSecretKeys } from './read-secret-keys.js';
import { verifyAudit } from './verify-audit.js';

const [command, ...args] = process.argv.slice(2);

await runProcess('auth', async (start) => {
  if (command !== undefined) {
    process.exit(await runCommand(start, command, args));
  }
  const config = loadConfig(authConfigSchema);
  const settings = readServiceSettings(config);
  const secretKeys = await readSecretKeys(config);
  const accounts = await readAccountSettings(config);
  const { logger } = await start.open(settings);
  const adminTokens = AdminTokens.parse(config.POLYROOM_ADMIN_TOKENS);
  const [database, bus] = await Promise.all([
    start.reach(databaseDependency(config, secretKeys, logger)),
    start.reachBus(settings),
  ]);
  const firstOwner = {
    email: config.POLYROOM_FIRST_OWNER,
    file: config.POLYROOM_FIRST_OWNER_FILE,
    signInUrl: `${accounts.consoleOrigins[0]}/admin.html`,
  };
  await ensureFirstOwner(database, firstOwner, logger);
  const maxGrantSeconds = config.POLYROOM_MAX_GRANT_SECONDS;
  const outageMs = config.POLYROOM_DATABASE_OUTAGE_SECONDS * 1000;
  const module = AuthModule.register({ database, adminTokens, bus, maxGrantSeconds, outageMs, accounts });
  return start.run({ module, bus });
});

function databaseDependency(
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

/** Opening the database brings it up to date. Waits for it, as the service does: it may start at the same time. */
async function migrate(start: ProcessStart): Promise<void> {
  const config = loadConfig(authConfigSchema);
  const logger = createLogger('auth', config.POLYROOM_LOG_LEVEL);
  const database = await start.reach(databaseDependency(config, await readSecretKeys(config), logger));
  await database.close();
}

/** Returns the exit code. */
async function runCommand(start: ProcessStart, name: string, args: string[]): Promise<number> {
  switch (name) {
    case 'verify-audit':
      return verifyAudit(args);
    case 'migrate':
      await migrate(start);
      return 0;
    case 're-encrypt':
      await reEncrypt();
      return 0;
    case 'reset-owner': {
      const [email = ''] = args;
      const password = await withDatabase((database) => resetOwner(database, email));
      process.stdout.write(`Temporary password of ${email}: ${password}\n`);
      return 0;
    }
    default:
      throw new ConfigError('the commands are migrate, re-encrypt, reset-owner and verify-audit');
  }
}
