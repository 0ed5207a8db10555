import { waitFor } from '@polyroom/testing';
import { type BrowserUser } from './browser-user.js';

/**
 * Brings a user to another media node than somebody else's, and leaves them in the named room, a new one.
 * In a room of its own a session lands on the least loaded node, and on a busy machine that may be any.
 */
export async function seatApart(
  user: BrowserUser,
  roomId: string,
  isApart: () => Promise<boolean>,
): Promise<void> {
  let attempt = 0;
  await waitFor(
    async () => {
      await user.logout();
      // Another room each time: who comes into a room again is put where its first comer was.
      attempt += 1;
      await enter(user, `lobby-${attempt}-of-${user.userId}`);
      return isApart();
    },
    { timeoutMs: 20_000, intervalMs: 1000, describe: `${user.userId} to be on another node` },
  );
  await enter(user, roomId);
  await user.logout(`lobby-${attempt}-of-${user.userId}`);
}

async function enter(user: BrowserUser, roomId: string): Promise<void> {
  const code = await user.login(roomId);
  if (code !== 0) {
    throw new Error(`${user.userId} cannot enter ${roomId}: ${code}`);
  }
}
