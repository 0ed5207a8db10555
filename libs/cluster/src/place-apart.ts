import { waitFor } from '@polyroom/testing';
import { type BrowserUser } from './browser-user.js';

/**
 * Moves a user to another media node than another user's, and leaves them in the named new room. A session in
 * a room of its own is placed on the least loaded node, which may be any node on a busy machine.
 */
export async function placeApart(
  user: BrowserUser,
  roomId: string,
  isApart: () => Promise<boolean>,
): Promise<void> {
  let attempt = 0;
  await waitFor(
    async () => {
      await user.logout();
      // Another room for each attempt: a room that is entered again is placed on its first member's node.
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
