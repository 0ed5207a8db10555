import { setTimeout as sleep } from 'node:timers/promises';
import { TenantClient } from '@polyroom/cluster';
import { askRedis } from '@polyroom/testing';
import { type AlertsWorld } from './alerts-world.js';

/** More than the repairs that the alert permits. */
const visitors = 25;
const emptyEveryMs = 6000;

/** Visitors in a room, while Redis loses all records again and again. Returns how to end it. */
export function loseRecords({ cluster, app, redis }: AlertsWorld): () => void {
  const ending = new AbortController();
  const clients = new Map<number, TenantClient>();
  const visit = async (index: number): Promise<void> => {
    for (let attempt = 0; !ending.signal.aborted; attempt += 1) {
      const userId = `visitor-${index}-${attempt}`;
      const client = await TenantClient.connect(cluster.gateways[0]!.wsUrl, app, userId).catch(
        () => undefined,
      );
      if (client !== undefined && (await client.login('visitors')) === 0) {
        clients.set(index, client);
        while (client.isOpen && !ending.signal.aborted) {
          await sleep(500);
        }
      }
      client?.leave();
      await sleep(500);
    }
  };
  const empty = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await sleep(emptyEveryMs);
      await askRedis(redis.port, ['FLUSHALL']);
    }
  };
  void Promise.all([empty(), ...Array.from({ length: visitors }, (_, index) => visit(index))]);
  return () => ending.abort();
}
