import { loadConfig, readServiceSettings } from '@polyroom/config';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { authConfigSchema } from './config.js';
import { databaseDependency } from './database-dependency.js';
import { ensureFirstOwner } from './operators/first-owner.js';
import { readAccountSettings } from './operators/read-account-settings.js';
import { readSecretKeys } from './read-secret-keys.js';

export const authService: ServiceDefinition = {
  name: 'auth',
  async start(start) {
    const config = loadConfig(authConfigSchema, start.env);
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
  },
};
