import { describe, expect, it } from '@jest/globals';
import { type AppCredentials } from '@polyroom/persistence';
import { CredentialCache } from './credential-cache.js';

const credentials: AppCredentials = { enabled: true, appSignHash: 'h', secrets: [] };

function setUp(read: (appId: number) => Promise<AppCredentials | undefined>) {
  const clock = { nowMs: 0, reads: 0 };
  const cache = new CredentialCache(
    (appId) => {
      clock.reads += 1;
      return read(appId);
    },
    1000,
    () => clock.nowMs,
  );
  return { cache, clock };
}

describe('CredentialCache', () => {
  it('reads once for concurrent logins, and again after expiry', async () => {
    const { cache, clock } = setUp(() => Promise.resolve(credentials));
    await Promise.all([cache.find(1), cache.find(1), cache.find(1)]);
    expect(clock.reads).toBe(1);
    clock.nowMs = 999;
    await cache.find(1);
    expect(clock.reads).toBe(1);
    clock.nowMs = 1000;
    await cache.find(1);
    expect(clock.reads).toBe(2);
  });

  it('reads again after a change', async () => {
    const { cache, clock } = setUp(() => Promise.resolve(credentials));
    await cache.find(1);
    cache.drop(1);
    await cache.find(1);
    expect(clock.reads).toBe(2);
  });

  it('does not cache an unknown AppID', async () => {
    const { cache, clock } = setUp(() => Promise.resolve(undefined));
    expect(await cache.find(1)).toBeUndefined();
    expect(await cache.find(1)).toBeUndefined();
    expect(clock.reads).toBe(2);
  });

  it('does not cache a failure', async () => {
    const { cache, clock } = setUp(() => Promise.reject(new Error('down')));
    await expect(cache.find(1)).rejects.toThrow('down');
    await expect(cache.find(1)).rejects.toThrow('down');
    expect(clock.reads).toBe(2);
  });
});
