import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startRedis } from '@polyroom/testing';
import { type AlertsWorld } from './alerts-world.js';
import { type Fault } from './fault.js';

const execute = promisify(execFile);
const shortDays = 10;

export const certificateFault: Fault = {
  name: `a certificate of room-1 for Redis that expires in ${shortDays} days`,
  remedies: { PolyroomCertificateExpires: 'renew it, then restart the services one by one' },
  provoke: async (world) => {
    await makeCertificates(world, { CERTIFICATE_DAYS: String(shortDays) });
    const fileOf = (name: string): string => join(folderOf(world), name);
    const redis = await startRedis({
      tls: {
        ...{ host: 'localhost', verifyClients: true },
        ...{ certFile: fileOf('redis.crt'), keyFile: fileOf('redis.key'), caFile: fileOf('ca.crt') },
      },
    });
    world.begin(() => redis.close());
    world.redisOfRoom = {
      POLYROOM_REDIS_URL: redis.url,
      POLYROOM_REDIS_CA_FILE: fileOf('ca.crt'),
      POLYROOM_REDIS_CERT_FILE: fileOf('client.crt'),
      POLYROOM_REDIS_KEY_FILE: fileOf('client.key'),
    };
    await world.restart('room-1', { env: world.redisOfRoom });
  },
  cure: async (world) => {
    await Promise.all(['crt', 'key'].map((kind) => rm(join(folderOf(world), `client.${kind}`))));
    await makeCertificates(world, {});
    await world.restart('room-1', { env: world.redisOfRoom });
  },
  restore: async (world) => {
    await world.restart('room-1');
    await world.endBegun();
  },
};

function folderOf({ folder }: AlertsWorld): string {
  return join(folder, 'tls');
}

async function makeCertificates(world: AlertsWorld, env: Record<string, string>): Promise<void> {
  const script = join(world.rootDir, 'deploy', 'tls', 'make-certificates.sh');
  await execute(script, [folderOf(world)], { env: { ...process.env, ...env } });
}
