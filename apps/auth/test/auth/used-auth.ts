import { Bus } from '@polyroom/bus';
import {
  AppError,
  authRpc,
  type CredentialKind,
  entitlementsChanged,
  type PayloadOf,
} from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type RunningServer, startNats } from '@polyroom/testing';
import { AdminTokens } from '../../src/admin/admin-tokens.js';
import { AuthModule } from '../../src/auth.module.js';
import { CapturedLog } from '../captured-log.js';
import { Operator } from '../operator.js';

export const adminToken = 'alice-has-a-long-token';
const log = new CapturedLog('trace');
export const { lines: logged } = log;

export let service: RunningService;
export let database: Database;
export let client: Bus;
let nats: RunningServer;
let lastAppId = 1000;
export const changes: PayloadOf<typeof entitlementsChanged>[] = [];
/** None of them may be in the log. */
export const secrets: string[] = [];

export async function startAuth(): Promise<void> {
  const { logger } = log;
  nats = await startNats();
  database = await Database.open({ pgliteDir: 'memory://', logger });
  const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
  const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
  service = await runService({
    name: 'auth',
    module: AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400 }),
    bus,
    logger,
    httpHost: '127.0.0.1',
    httpPort: 0,
  });
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
  client.subscribe(entitlementsChanged, {}, (change) => {
    changes.push(change);
  });
  await client.flush();
}

export async function closeAuth(): Promise<void> {
  await client.close();
  await service.close();
  await nats.close();
}

export const operator = new Operator(() => client, adminToken);
export const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

export function newAppId(): number {
  return (lastAppId += 1);
}

/** An AppID that accepts AppSigns too, unless other kinds are given. */
export async function newApp(credentialKinds: CredentialKind[] = ['appSign', 'token04', 'native']) {
  const appId = newAppId();
  const created = await ask(authRpc.createApp, { appId, name: 'test', credentialKinds });
  secrets.push(created.appSign, created.serverSecret);
  return { appId, appSign: created.appSign, serverSecret: created.serverSecret };
}

export async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof AppError) {
        return error.code;
      }
      throw error;
    },
  );
}

export const who = { userId: 'ann', roomId: 'r1' };
