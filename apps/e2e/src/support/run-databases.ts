import { randomBytes } from 'node:crypto';
import { type RunningPostgres, startPostgres } from '@polyroom/testing';
import { ServiceRun } from './service-run.js';

const template = 'migrated';

/**
 * The databases of a run's clusters, on one PostgreSQL server. Each is a copy of a migrated one. An embedded
 * database takes two more seconds of CPU to open; its own specs start their services themselves.
 */
export class RunDatabases {
  private count = 0;

  private constructor(private readonly postgres: RunningPostgres) {}

  static async start(): Promise<RunDatabases> {
    const postgres = await startPostgres();
    try {
      await migrate(await postgres.createDatabase(template));
    } catch (error) {
      await postgres.close();
      throw error;
    }
    return new RunDatabases(postgres);
  }

  /** Creates a database; returns its URL. */
  create(): Promise<string> {
    this.count += 1;
    return this.postgres.createDatabase(`run${this.count}`, template);
  }

  close(): Promise<void> {
    return this.postgres.close();
  }
}

async function migrate(databaseUrl: string): Promise<void> {
  const env = { DATABASE_URL: databaseUrl, POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64') };
  const auth = new ServiceRun('auth', env, ['migrate']);
  const { code } = await auth.ended;
  if (code !== 0) {
    throw new Error(`the database of the run cannot be migrated:\n${auth.output}`);
  }
}
