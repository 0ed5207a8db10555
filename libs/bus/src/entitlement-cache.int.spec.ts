import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { authRpc, type Entitlements, entitlementsChanged, entitlementsSchema } from '@polyroom/contracts';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { Bus } from './bus.js';
import { EntitlementCache } from './entitlement-cache.js';

const appId = 7;
const entitlements = Object.fromEntries(
  Object.entries(entitlementsSchema.shape).map(([name, schema]) => [
    name,
    [false, 'share', 1].find((value) => schema.safeParse(value).success),
  ]),
) as Entitlements;

let server: RunningServer;
let bus: Bus;
let cache: EntitlementCache;
/** The next answers of auth; the last one stays. */
let answers: { version: number; maxPlays: number; ofAnn?: Partial<Entitlements> }[];
let reads: number;

beforeEach(async () => {
  server = await startNats();
  bus = await Bus.connect({ url: server.url, name: 'spec' });
  reads = 0;
  bus.respond(authRpc.getEntitlements, authRpc.getEntitlements.subject, undefined, async () => {
    reads += 1;
    const { version, maxPlays, ofAnn } = (answers.length > 1 ? answers.shift() : answers[0])!;
    const users = ofAnn === undefined ? {} : { users: [{ userId: 'ann', values: ofAnn }] };
    return { entitlements: { ...entitlements, maxPlays }, version, ...users };
  });
  cache = new EntitlementCache(bus);
  cache.open();
});
afterEach(async () => {
  await bus.close();
  await server.close();
});

async function announce(version: number): Promise<void> {
  let isHere = false;
  bus.subscribe(entitlementsChanged, {}, () => {
    isHere = true;
  });
  bus.publish(entitlementsChanged, {}, { appId, version });
  await waitFor(() => isHere, { describe: 'the announcement' });
}

it('puts the values of a user over those of the AppID', async () => {
  answers = [{ version: 1, maxPlays: 20, ofAnn: { maxPlays: 30, multiRoom: true } }];
  expect(await cache.get(appId)).toMatchObject({ maxPlays: 20, multiRoom: false });
  expect(await cache.get(appId, 'bob')).toMatchObject({ maxPlays: 20, multiRoom: false });
  expect(await cache.get(appId, 'ann')).toEqual({ ...entitlements, maxPlays: 30, multiRoom: true });
  expect(reads).toBe(1);
});

it('reads again when a change is announced, and discards answers of before it', async () => {
  answers = [{ version: 3, maxPlays: 3 }];
  expect((await cache.get(appId)).maxPlays).toBe(3);
  // The announcement of version 4 was lost.
  answers = [
    { version: 3, maxPlays: 3 },
    { version: 4, maxPlays: 4 },
    { version: 5, maxPlays: 5 },
  ];
  await announce(5);
  expect((await cache.get(appId)).maxPlays).toBe(5);
  expect(reads).toBe(4);
});

it('reads without an announcement after a second', async () => {
  answers = [{ version: 3, maxPlays: 3 }];
  expect((await cache.get(appId)).maxPlays).toBe(3);
  answers = [{ version: 4, maxPlays: 4 }];
  await waitFor(async () => (await cache.get(appId)).maxPlays === 4, {
    describe: 'the new value',
  });
});

it('believes an AppID that was created again, with lower versions', async () => {
  answers = [{ version: 1, maxPlays: 1 }];
  await announce(9);
  expect((await cache.get(appId)).maxPlays).toBe(1);
  expect(reads).toBe(3);
  await announce(2);
  answers = [{ version: 2, maxPlays: 2 }];
  expect((await cache.get(appId)).maxPlays).toBe(2);
  expect(reads).toBe(4);
});
