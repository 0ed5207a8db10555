import { Actor } from './actor.js';
import { checkHistory } from './checker.js';
import { type CheckedUser, History, type Operation } from './history.js';
import { NaiveDevice } from './naive-device.js';
import { type Random } from './random.js';
import { type Violation } from './violations.js';
import { timing, type World } from './world.js';

const durationMs = 2500;
const actorCount = 6;

/**
 * Runs the same actors and the same checker on rules that read and then write; returns the violations found.
 */
export async function runNaive(
  world: World,
  random: Random,
): Promise<{ operations: number; violations: Violation[] }> {
  const template = world.users.find(({ policy, mode }) => policy === 'share' && mode === 'multi')!;
  const user: CheckedUser = { ...template, userId: 'naive' };
  const history = new History(user);
  const endsAtMs = performance.now() + durationMs;
  const roomIds = Array.from({ length: user.limit + 3 }, (_, index) => `room-${index}`);
  const counted: Operation[] = [];
  await Promise.all(
    Array.from({ length: actorCount }, (_, index) =>
      new Actor({
        history,
        random: random.derive(`naive ${index}`),
        roomIds,
        open: async () => new NaiveDevice(world.redis, user, world.cluster.redisPrefix),
        mayGoOn: async () => performance.now() < endsAtMs,
        count: (operation) => counted.push(operation),
        onGone: () => {},
        cutWeight: 0,
      }).run(),
    ),
  );
  const { operations } = history;
  return {
    operations: counted.length,
    violations: checkHistory({ user, operations, redisFaults: [], timing }),
  };
}
