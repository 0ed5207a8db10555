import { setPriority } from 'node:os';
import { makeNoise, type Tenant } from '@polyroom/cluster';

export type NoiseOrder = { order: 'start'; wsUrl: string; tenant: Tenant } | { order: 'stop' };

/** Requests of the noisy tenant. */
export interface NoiseReport {
  answered: number;
  refused: number;
}

/** Elsewhere the clients of a tenant are other machines: here they get only the CPU time that the cluster leaves. */
const noisePriority = 5;
const ending = new AbortController();

async function run(wsUrl: string, tenant: Tenant): Promise<void> {
  setPriority(noisePriority);
  const codes = await makeNoise(wsUrl, tenant, ending.signal);
  const answered = [...codes.values()].reduce((sum, count) => sum + count, 0);
  const report: NoiseReport = { answered, refused: answered - (codes.get(0) ?? 0) };
  process.send!(report, () => process.exit(0));
}

process.on('message', (message: NoiseOrder) => {
  if (message.order === 'stop') {
    ending.abort();
  } else {
    run(message.wsUrl, message.tenant).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  }
});
process.on('disconnect', () => process.exit(0));
