import { setTimeout as delay } from 'node:timers/promises';
import { type Tenant, TenantClient } from './tenant-client.js';

const readers = 3;
const writers = 3;
const newcomers = 12;
/** Requests that a reader or writer has in progress. */
const inFlight = 16;
/** A refused newcomer tries again at once, over a new socket; this only bounds those that a broken cluster would see. */
const pauseMs = 5;

/** What a noisy tenant did: codes with their number. */
export type Codes = Map<number, number>;

/**
 * A tenant at its quotas until `signal` is aborted: sockets that read members and snapshots as fast as they are
 * answered, senders of more messages than allowed, and logins of ever new users.
 */
export async function makeNoise(wsUrl: string, tenant: Tenant, signal: AbortSignal): Promise<Codes> {
  const codes: Codes = new Map();
  const count = (code: number): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
  let messages = 0;
  const join = async (userId: string): Promise<TenantClient> => {
    const client = await TenantClient.connect(wsUrl, tenant, userId);
    while (!signal.aborted && (await client.login('noise')) !== 0) {
      await delay(200);
    }
    return client;
  };
  const flood = async (
    client: TenantClient,
    act: (client: TenantClient) => Promise<number>,
  ): Promise<void> => {
    const repeat = async (): Promise<void> => {
      while (!signal.aborted && client.isOpen) {
        count(await act(client));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, repeat));
    // The next readers and writers need its place.
    client.leave();
  };
  const read = (client: TenantClient): Promise<number> =>
    client.call(Math.random() < 0.5 ? 'room.listMembers' : 'room.getSnapshot', { roomId: 'noise' });
  const write = (client: TenantClient): Promise<number> => {
    messages += 1;
    return client.call('message.broadcast', {
      roomId: 'noise',
      content: 'x'.repeat(512),
      clientMessageId: `noise-${messages}`,
    });
  };
  const enter = async (name: string): Promise<void> => {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const client = await TenantClient.connect(wsUrl, tenant, `${name}-${attempt}`);
      count(await client.login(`noise-${name}-${attempt}`));
      client.close();
      await delay(pauseMs);
    }
  };
  // First, because the newcomers use up the quotas.
  const joined = (name: string, length: number) =>
    Promise.all(Array.from({ length }, (_, index) => join(`${name}-${index}`)));
  const [reading, writing] = await Promise.all([joined('reader', readers), joined('writer', writers)]);
  await Promise.all([
    ...reading.map((client) => flood(client, read)),
    ...writing.map((client) => flood(client, write)),
    ...Array.from({ length: newcomers }, (_, index) => enter(`newcomer-${index}`)),
  ]);
  return codes;
}
