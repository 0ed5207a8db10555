import { setTimeout as delay } from 'node:timers/promises';
import { type Tenant, TenantClient } from './tenant-client.js';

const room = 'quiet';
const everyMs = 200;
/** How long the last messages may take to arrive. */
const deliveryMs = 5000;

/** The limits that it stays below, also when the machine is busy and requests arrive in bursts. */
export const quietLimits = {
  multiRoom: true,
  broadcastsPerUserPerSecond: 50,
  broadcastsPerRoomPerSecond: 50,
} as const;

/** How a tenant was served. */
export interface Service {
  logins: number;
  messages: number;
  /** Codes of refused requests. */
  refused: number[];
  /** Messages that the other member has not received. */
  lost: number;
  loginMs: number[];
  messageMs: number[];
}

let runs = 0;

/** A tenant well below its quotas for a time: every 200 ms a user logs in to a room and a member sends a message. */
export async function liveQuietly(wsUrl: string, tenant: Tenant, forMs: number): Promise<Service> {
  const run = ++runs;
  const service: Service = { logins: 0, messages: 0, refused: [], lost: 0, loginMs: [], messageMs: [] };
  const outstanding = new Set<string>();
  const [sender, reader] = await Promise.all([
    TenantClient.connect(wsUrl, tenant, 'sender'),
    TenantClient.connect(wsUrl, tenant, 'reader', (content) => outstanding.delete(content)),
  ]);
  const timed = async (work: Promise<number>, durations: number[]): Promise<void> => {
    const startedAtMs = performance.now();
    const code = await work;
    durations.push(performance.now() - startedAtMs);
    if (code !== 0) {
      service.refused.push(code);
    }
  };
  await timed(sender.login(room), service.loginMs);
  await timed(reader.login(room), service.loginMs);
  const step = async (index: number): Promise<void> => {
    const content = `message ${run} ${index}`;
    const guest = await TenantClient.connect(wsUrl, tenant, `guest-${index}`);
    outstanding.add(content);
    await Promise.all([
      timed(guest.login(`room-${index % 10}`), service.loginMs),
      timed(
        sender.call('message.broadcast', { roomId: room, content, clientMessageId: content }),
        service.messageMs,
      ),
    ]);
    service.logins += 1;
    service.messages += 1;
    guest.close();
  };
  const steps: Promise<void>[] = [];
  for (let index = 0; index * everyMs < forMs; index += 1) {
    steps.push(step(index));
    await delay(everyMs);
  }
  await Promise.all(steps);
  const giveUpAtMs = performance.now() + deliveryMs;
  while (outstanding.size > 0 && performance.now() < giveUpAtMs) {
    await delay(20);
  }
  service.lost = outstanding.size;
  sender.close();
  reader.close();
  return service;
}
