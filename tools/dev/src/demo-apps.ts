import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Cluster } from '@polyroom/cluster';
import { AppError } from '@polyroom/contracts';

export interface DemoApp {
  appId: number;
  name: string;
  appSign: string;
  serverSecret: string;
  multiRoom: boolean;
}

function newDemoApp(appId: number, name: string, multiRoom: boolean): DemoApp {
  return {
    appId,
    name,
    multiRoom,
    appSign: randomBytes(32).toString('hex'),
    serverSecret: randomBytes(16).toString('hex'),
  };
}

/**
 * The demo AppIDs of this checkout: created at the first start and kept, because a secret is shown only once.
 */
export async function loadDemoApps(file: string): Promise<DemoApp[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    return JSON.parse(text) as DemoApp[];
  }
  // Random IDs, so that two checkouts with one database do not collide.
  const base = 1_000_000 + randomBytes(3).readUIntBE(0, 3);
  const apps = [
    newDemoApp(base, 'Demo, multi-room on', true),
    newDemoApp(base + 1, 'Demo, multi-room off', false),
  ];
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(apps, null, 2)}\n`, { mode: 0o600 });
  return apps;
}

/** Creates the demo AppIDs if they are missing; existing entitlements are not changed. */
export async function ensureDemoApps(cluster: Cluster, apps: DemoApp[]): Promise<void> {
  for (const app of apps) {
    try {
      await cluster.admin.createApp({
        appId: app.appId,
        name: app.name,
        appSign: app.appSign,
        serverSecret: app.serverSecret,
        // The page has no server that could issue tokens.
        credentialKinds: ['appSign', 'token04', 'native'],
      });
      await cluster.admin.setEntitlement(app.appId, 'multiRoom', app.multiRoom);
    } catch (error) {
      if (!AppError.is(error, 'ADMIN_APP_EXISTS')) {
        throw error;
      }
    }
  }
}
