import { HonestUser } from './honest-user.js';

/** A process of its own, so that what the attackers do in theirs does not slow the honest user. */
export type HonestOrder =
  | { order: 'enter'; url: string; app: { appId: number; appSign: string }; roomId: string }
  | { order: 'start'; everyMs: number }
  | { order: 'look' };

export interface HonestView {
  isIn: boolean;
  isLost: boolean;
  p99Ms: number;
  count: number;
}

let user: HonestUser | undefined;

async function follow(message: HonestOrder): Promise<HonestView | undefined> {
  if (message.order === 'enter') {
    user = await HonestUser.enter(message.url, message.app, message.roomId);
  } else if (message.order === 'start') {
    user?.start(message.everyMs);
  }
  return user === undefined ? undefined : { isIn: user.isIn, isLost: user.isLost, ...user.answers };
}

process.on('message', (message: HonestOrder) => {
  void follow(message).then((view) => process.send?.(view));
});
process.on('disconnect', () => process.exit(0));
