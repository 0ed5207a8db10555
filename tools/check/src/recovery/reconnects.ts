import { type SocketDevice } from '../invariants/socket-device.js';
import { graceMs, type RecoveryWorld, roomsOf, roomsPerUser } from './recovery-world.js';

export interface Reconnects {
  count: number;
  resumed: number;
  loggedInAnew: number;
  /** What should not have been, in words. */
  wrong: string[];
}

const usersAtOnce = 24;

/**
 * The same users come back again and again at the very moment in which their old socket ends: by resuming,
 * or as a new session. Whatever the old socket's gateway still does, nobody may lose a room by it.
 */
export async function runReconnects(world: RecoveryWorld, count: number): Promise<Reconnects> {
  const result: Reconnects = { count: 0, resumed: 0, loggedInAnew: 0, wrong: [] };
  await Promise.all(
    Array.from({ length: usersAtOnce }, async () => {
      const user = world.createUser();
      let device = await world.enter(user);
      while (result.count < count) {
        result.count += 1;
        if (world.random.chance(0.5)) {
          await resume(device, user.userId, result);
        } else {
          device = await loginAnew(world, device, result);
        }
      }
      // Long enough for every late word of the former sockets; then all rooms must still be there.
      await new Promise((resolve) => setTimeout(resolve, graceMs + 1500));
      for (const roomId of roomsOf(user)) {
        const { code } = await device.logout(roomId);
        if (code !== 0) {
          result.wrong.push(`${user.userId} was put out of ${roomId}: ${code}`);
        }
      }
      await device.cut();
    }),
  );
  return result;
}

async function resume(device: SocketDevice, userId: string, result: Reconnects): Promise<void> {
  const { code, roomIds = [] } = await device.resume();
  result.resumed += 1;
  if (code !== 0 || roomIds.length !== roomsPerUser || device.expelledCodes.length > 0) {
    result.wrong.push(
      `${userId} resumed with ${code}, in ${roomIds.length} rooms, told ${device.expelledCodes.join(' ')}`,
    );
  }
}

/** The old session is put out by the new one, whether its gateway has noticed the end of its socket or not. */
async function loginAnew(world: RecoveryWorld, old: SocketDevice, result: Reconnects): Promise<SocketDevice> {
  const [device] = await Promise.all([world.enter(old.user), old.cut()]);
  result.loggedInAnew += 1;
  if (device!.expelledCodes.length > 0) {
    result.wrong.push(`${old.user.userId} was put out by its own past: ${device!.expelledCodes.join(' ')}`);
  }
  return device!;
}
