import { type SocketDevice } from '../invariants/socket-device.js';
import { graceMs, type RecoveryWorld, roomsOf, roomsPerUser } from './recovery-world.js';

export interface Reconnects {
  count: number;
  resumed: number;
  loggedInAgain: number;
  /** Descriptions of the violations. */
  wrong: string[];
}

const usersAtOnce = 24;

/**
 * The same users come back again and again at the very moment in which their old socket ends: by resuming,
 * or as a new session. The gateway of the old socket must not cost any user a room by its late actions.
 */
export async function runReconnects(world: RecoveryWorld, count: number): Promise<Reconnects> {
  const result: Reconnects = { count: 0, resumed: 0, loggedInAgain: 0, wrong: [] };
  await Promise.all(
    Array.from({ length: usersAtOnce }, async () => {
      const user = world.createUser();
      let device = await world.enter(user);
      while (result.count < count) {
        result.count += 1;
        if (world.random.chance(0.5)) {
          await resume(device, user.userId, result);
        } else {
          device = await loginAgain(world, device, result);
        }
      }
      // Long enough for every late action of the former sockets; then all rooms must still be held.
      await new Promise((resolve) => setTimeout(resolve, graceMs + 1500));
      for (const roomId of roomsOf(user)) {
        const { code } = await device.logout(roomId);
        if (code !== 0) {
          result.wrong.push(`${user.userId} was evicted from ${roomId}: ${code}`);
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
      `${userId} resumed with ${code}, in ${roomIds.length} rooms, received ${device.expelledCodes.join(' ')}`,
    );
  }
}

/** The new session evicts the old one, whether or not its gateway has noticed the end of its socket. */
async function loginAgain(
  world: RecoveryWorld,
  old: SocketDevice,
  result: Reconnects,
): Promise<SocketDevice> {
  const [device] = await Promise.all([world.enter(old.user), old.cut()]);
  result.loggedInAgain += 1;
  if (device!.expelledCodes.length > 0) {
    result.wrong.push(
      `${old.user.userId} was evicted by its own old session: ${device!.expelledCodes.join(' ')}`,
    );
  }
  return device!;
}
