import { describe, expect, it } from '@jest/globals';
import { auditRpc, authRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { ask, changes, client, codeOf, newApp } from './used-auth.js';

describe('entitlements', () => {
  it('multiRoom is off by default; enabling it applies at once, is published and audited', async () => {
    const { appId } = await newApp();
    const before = await client.request(authRpc.getEntitlements, { appId });
    expect([before.entitlements.multiRoom, before.version]).toEqual([false, 0]);

    const change = { appId, name: 'multiRoom', value: true };
    expect(await ask(authRpc.setEntitlement, change)).toEqual({
      entitlement: { name: 'multiRoom', value: true, overridden: true },
      version: 1,
    });

    const after = await client.request(authRpc.getEntitlements, { appId });
    expect([after.entitlements.multiRoom, after.version]).toEqual([true, 1]);
    await waitFor(() => changes.some((event) => event.appId === appId && event.version === 1), {
      describe: 'the event',
    });
    const { entries } = await ask(auditRpc.listAudit, { appId });
    expect(entries[0]).toMatchObject({
      actor: 'alice',
      action: 'entitlement.set',
      subject: 'multiRoom',
      before: false,
      after: true,
    });
    expect(entries.at(-1)).toMatchObject({ action: 'app.create', before: null });
  });

  it('are listed with their overrides, and null restores the default', async () => {
    const { appId } = await newApp();
    const change = { appId, name: 'maxRoomsPerUser' };
    const rowOf = async () =>
      (await ask(authRpc.listEntitlements, { appId })).entitlements.find(
        (row) => row.name === 'maxRoomsPerUser',
      );
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 5, overridden: false });
    await ask(authRpc.setEntitlement, { ...change, value: 8 });
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 8, overridden: true });
    expect(await ask(authRpc.setEntitlement, { ...change, value: null })).toEqual({
      entitlement: { name: 'maxRoomsPerUser', value: 5, overridden: false },
      version: 2,
    });
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 5, overridden: false });
  });

  it('of a user count before those of the AppID, and only while their terms hold', async () => {
    const { appId } = await newApp();
    const inForce = async (): Promise<unknown> => {
      const { entitlements, users } = await client.request(authRpc.getEntitlements, { appId });
      return [entitlements.maxPlays, users];
    };
    const ofUser = { appId, userId: 'ann', name: 'maxPlays' };
    expect(await inForce()).toEqual([12, undefined]);
    await ask(authRpc.setEntitlement, { appId, name: 'maxPlays', value: 20 });
    const setUntil = (untilMs: number) =>
      ask(authRpc.setUserEntitlement, { ...ofUser, value: 30, untilMs, note: 'a trial' });
    // Long enough for what follows, also on a busy machine.
    const laterMs = Date.now() + 60_000;
    expect(await setUntil(laterMs)).toEqual({
      entitlement: {
        name: 'maxPlays',
        value: 30,
        overridden: true,
        stored: { value: 30, untilMs: laterMs, note: 'a trial' },
      },
      version: 2,
    });
    expect(await inForce()).toEqual([20, [{ userId: 'ann', values: { maxPlays: 30 } }]]);
    const rowOf = async (userId: string) =>
      (await ask(authRpc.listUserEntitlements, { appId, userId })).entitlements.find(
        ({ name }) => name === 'maxPlays',
      );
    expect(await rowOf('bob')).toEqual({ name: 'maxPlays', value: 20, overridden: false });
    const untilMs = Date.now() + 2500;
    await setUntil(untilMs);
    await waitFor(async () => JSON.stringify(await inForce()) === '[20,null]', {
      timeoutMs: 10_000,
      describe: 'the value to lapse',
    });
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs);
    expect(await rowOf('ann')).toMatchObject({ value: 20, overridden: false, stored: { value: 30 } });
    // Not yet in force.
    const fromMs = Date.now() + 60_000;
    await ask(authRpc.setUserEntitlement, { ...ofUser, value: 40, fromMs });
    expect(await inForce()).toEqual([20, undefined]);
    await ask(authRpc.setUserEntitlement, { ...ofUser, value: null });
    expect(await rowOf('ann')).toEqual({ name: 'maxPlays', value: 20, overridden: false });
  });

  it('refuse a change of an outdated version without a trace', async () => {
    const { appId } = await newApp();
    const change = { appId, name: 'maxRoomsPerUser', ifVersion: 0 };
    expect((await ask(authRpc.setEntitlement, { ...change, value: 7 })).version).toBe(1);
    expect(await codeOf(ask(authRpc.setEntitlement, { ...change, value: 8 }))).toBe(1190112);
    const { entitlements, version } = await client.request(authRpc.getEntitlements, { appId });
    expect([entitlements.maxRoomsPerUser, version]).toEqual([7, 1]);
  });

  it('refuse a name that is not for users, and terms that never hold', async () => {
    const { appId } = await newApp();
    const set = (change: object) =>
      ask(authRpc.setUserEntitlement, { appId, userId: 'ann', name: 'maxPlays', value: 20, ...change });
    expect(await codeOf(set({ name: 'maxRooms' }))).toBe(1190105);
    expect(await codeOf(set({ name: 'teleport' }))).toBe(1190104);
    expect(await codeOf(set({ value: 51 }))).toBe(1190105);
    expect(await codeOf(set({ appId: 9 }))).toBe(1190102);
    await expect(set({ untilMs: Date.now() - 1 })).rejects.toMatchObject({ details: { path: 'untilMs' } });
    const fromMs = Date.now() + 60_000;
    await expect(set({ fromMs, untilMs: fromMs })).rejects.toMatchObject({ details: { path: 'untilMs' } });
    await expect(set({ value: null, note: 'x' })).rejects.toMatchObject({ details: { path: 'value' } });
    expect((await client.request(authRpc.getEntitlements, { appId })).version).toBe(0);
  });

  it('warn of maxRooms and maxRoomsPerUser that look like the other one', async () => {
    const { appId } = await newApp();
    const set = (name: string, value: number | null) => ask(authRpc.setEntitlement, { appId, name, value });
    expect((await set('maxRooms', 3)).warnings).toEqual([
      expect.stringContaining('is below maxRoomsPerUser (5)'),
      expect.stringContaining('The rooms of one user are limited by maxRoomsPerUser (5).'),
    ]);
    expect((await set('maxRoomsPerUser', 3)).warnings).toBeUndefined();
    expect((await set('maxRooms', null)).warnings).toBeUndefined();
  });

  it('refuse unknown names, invalid values and unknown AppIDs without a change', async () => {
    const { appId } = await newApp();
    const set = (appId: number, name: string, value: boolean | number | string | null) =>
      codeOf(ask(authRpc.setEntitlement, { appId, name, value }));
    expect(await set(appId, 'teleport', true)).toBe(1190104);
    expect(await set(appId, 'teleport', null)).toBe(1190104);
    expect(await set(appId, 'maxRoomsPerUser', 0)).toBe(1190105);
    expect(await set(appId, 'multiRoom', 'yes')).toBe(1190105);
    expect(await set(9, 'multiRoom', true)).toBe(1190102);
    expect(await codeOf(ask(authRpc.listEntitlements, { appId: 9 }))).toBe(1190102);
    expect(await codeOf(ask(auditRpc.listAudit, { appId: 9 }))).toBe(1190102);
    expect(await codeOf(client.request(authRpc.getEntitlements, { appId: 9 }))).toBe(1001004);
    expect((await client.request(authRpc.getEntitlements, { appId })).version).toBe(0);
    expect((await ask(auditRpc.listAudit, { appId })).entries).toHaveLength(1);
  });
});
