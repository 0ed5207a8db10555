import { type HonestAnswers, type HonestTime, HonestUser } from './honest-user.js';

/** A separate process, so that the attackers' load in theirs does not slow the honest user. */
export type HonestOrder =
  | { order: 'enter'; url: string; app: { appId: number; appSign: string }; roomId: string }
  | { order: 'start'; everyMs: number; time: HonestTime }
  | { order: 'stop' }
  | { order: 'look' };

export interface HonestView {
  isIn: boolean;
  isLost: boolean;
  calm: HonestAnswers;
  attacked: HonestAnswers;
}

let user: HonestUser | undefined;

async function follow(message: HonestOrder): Promise<HonestView | undefined> {
  if (message.order === 'enter') {
    user = await HonestUser.enter(message.url, message.app, message.roomId);
  } else if (message.order === 'start') {
    user?.start(message.everyMs, message.time);
  } else if (message.order === 'stop') {
    user?.stop();
  }
  return user === undefined
    ? undefined
    : {
        isIn: user.isIn,
        isLost: user.isLost,
        calm: user.answersIn('calm'),
        attacked: user.answersIn('attacked'),
      };
}

process.on('message', (message: HonestOrder) => {
  void follow(message).then((view) => process.send?.(view));
});
process.on('disconnect', () => process.exit(0));
