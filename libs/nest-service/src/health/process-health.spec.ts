import { expect, test } from '@jest/globals';
import { Health } from './health.module.js';
import { type MonitoredService, ProcessHealth } from './process-health.js';

const answers = async (): Promise<void> => {};
const fails = async (): Promise<void> => {
  throw new Error('no route');
};

/** A service that runs, or one that waits for `awaited`. */
function service(
  name: string,
  state: { checks: Record<string, () => Promise<void>> } | { awaited: Record<string, string> },
): MonitoredService {
  return {
    name,
    health: 'checks' in state ? new Health(state.checks) : undefined,
    describeAwaited: () => ('awaited' in state ? state.awaited : {}),
  };
}

test('is ready if every service is, and names the checks of each', async () => {
  const services = [
    service('room', { checks: { bus: answers, redis: answers } }),
    service('console', { checks: {} }),
    service('auth', { checks: { bus: answers } }),
  ];
  expect(await new ProcessHealth(() => services).check()).toEqual({
    isReady: true,
    results: { 'room.bus': 'ok', 'room.redis': 'ok', 'auth.bus': 'ok' },
  });
});

test('is not ready while a service starts or one of its checks fails', async () => {
  const services = [
    service('auth', { awaited: { database: 'waiting for PostgreSQL' } }),
    service('media', { awaited: {} }),
    service('room', { checks: { bus: answers, redis: fails } }),
  ];
  expect(await new ProcessHealth(() => services).check()).toEqual({
    isReady: false,
    results: {
      'auth.database': 'waiting for PostgreSQL',
      'media.start': 'in progress',
      'room.bus': 'ok',
      'room.redis': 'no route',
    },
  });
  expect((await new ProcessHealth(() => []).check()).isReady).toBe(false);
});

test('shows a dependency as down if one service does not reach it', async () => {
  const services = [
    service('room', { checks: { bus: fails, redis: answers } }),
    service('auth', { checks: { bus: answers } }),
    service('media', { awaited: {} }),
  ];
  const text = await new ProcessHealth(() => services).metrics();
  expect(text.match(/^polyroom_dependency_up.*$/gm)).toEqual([
    'polyroom_dependency_up{dependency="bus"} 0',
    'polyroom_dependency_up{dependency="redis"} 1',
  ]);
});
