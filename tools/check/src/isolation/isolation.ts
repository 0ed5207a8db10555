import { parseArgs } from 'node:util';
import { liveQuietly, quietLimits, startCluster, type Service, type Tenant } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { type NoiseReport } from './noise-main.js';
import { NoiseProcess } from './noise-process.js';

/** Calm and attack alternate, so that other load of the machine affects both. */
const rounds = 3;
/** Of the 99th percentile under attack to the calm one. */
const maxRatios = { logins: 2, messages: 3 };

/**
 * Measures what a tenant at its quotas costs another one: requests lost and refused, and the 99th percentile of
 * logins and messages against that without the attack.
 */
export async function checkIsolation(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '20' } } });
  const roundMs = Number(values.seconds) * 1000;
  const cluster = await startCluster({
    rootDir,
    gatewayPorts: [await freePort()],
    mediaNodes: 1,
    logLevel: 'fatal',
  });
  try {
    await cluster.ready();
    const { wsUrl } = cluster.gateways[0]!;
    const createTenant = async (appId: number, limits: Record<string, boolean | number>): Promise<Tenant> => {
      const { appSign } = await cluster.admin.createApp({
        appId,
        name: 'check',
        credentialKinds: ['appSign'],
      });
      for (const [name, value] of Object.entries({ multiRoom: true, ...limits })) {
        await cluster.admin.setEntitlement(appId, name, value);
      }
      return { appId, appSign };
    };
    const noisy = await createTenant(90, { loginsPerSecond: 10, maxUsers: 12, maxRooms: 5, maxSessions: 12 });
    const quiet = await createTenant(91, quietLimits);
    await liveQuietly(wsUrl, quiet, 2000);
    const calm: Service[] = [];
    const attacked: Service[] = [];
    const noises: NoiseReport[] = [];
    for (let round = 0; round < rounds; round += 1) {
      calm.push(await liveQuietly(wsUrl, quiet, roundMs));
      const noise = new NoiseProcess(wsUrl, noisy);
      attacked.push(await liveQuietly(wsUrl, quiet, roundMs));
      noises.push(await noise.stop());
    }
    return judge(calm, attacked, noises);
  } finally {
    await cluster.close();
  }
}

function judge(calm: Service[], attacked: Service[], noises: NoiseReport[]): boolean {
  const [answered, refusedNoise] = [total(noises, 'answered'), total(noises, 'refused')];
  const lost = attacked.reduce((sum, service) => sum + service.lost, 0);
  const refused = attacked.flatMap((service) => service.refused);
  const ratioOf = (what: 'loginMs' | 'messageMs'): number => p99(attacked, what) / p99(calm, what);
  const ratios = { logins: ratioOf('loginMs'), messages: ratioOf('messageMs') };
  process.stdout.write(
    `the noisy tenant: ${answered} requests, ${refusedNoise} refused by its quotas\n` +
      `under attack: ${lost} messages lost, ${refused.length} requests refused ${refused.slice(0, 3).join(' ')}\n` +
      `99th percentile: logins ${p99(calm, 'loginMs').toFixed(1)} ms calm, ${p99(attacked, 'loginMs').toFixed(1)} ms attacked; ` +
      `messages ${p99(calm, 'messageMs').toFixed(1)} ms calm, ${p99(attacked, 'messageMs').toFixed(1)} ms attacked\n` +
      `ratio: logins ${ratios.logins.toFixed(2)} (at most ${maxRatios.logins}), messages ${ratios.messages.toFixed(2)} (at most ${maxRatios.messages})\n`,
  );
  const isSlow = ratios.logins > maxRatios.logins || ratios.messages > maxRatios.messages;
  return lost === 0 && refused.length === 0 && noises.every((noise) => noise.refused > 0) && !isSlow;
}

function total(noises: NoiseReport[], what: keyof NoiseReport): number {
  return noises.reduce((sum, noise) => sum + noise[what], 0);
}

function p99(services: Service[], what: 'loginMs' | 'messageMs'): number {
  const sorted = services.flatMap((service) => service[what]).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}
