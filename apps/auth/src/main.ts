import { ConfigError, loadConfig } from '@polyroom/config';
import { runProcess, type ServiceStart } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { authConfigSchema } from './config.js';
import { databaseDependency } from './database-dependency.js';
import { reEncrypt } from './re-encrypt.js';
import { withDatabase } from './with-database.js';
import { resetOwner } from './operators/reset-owner.js';
import { readSecretKeys } from './read-secret-keys.js';
import { authService } from './service.js';
import { verifyAudit } from './verify-audit.js';

const [command, ...args] = process.argv.slice(2);

await runProcess(
  command === undefined
    ? authService
    : { name: 'auth', start: async (start) => process.exit(await runCommand(start, command, args)) },
);

/** Waits for the database, as the service does: it may start at the same time. */
async function migrate(start: ServiceStart): Promise<void> {
  const config = loadConfig(authConfigSchema);
  const logger = createLogger('auth', config.POLYROOM_LOG_LEVEL);
  const database = await start.reach(databaseDependency(config, await readSecretKeys(config), logger));
  await database.close();
}

/** Returns the exit code. */
async function runCommand(start: ServiceStart, name: string, args: string[]): Promise<number> {
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
