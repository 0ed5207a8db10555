import { parseArgs } from 'node:util';
import { type Verdict } from './ledger.js';
import { runPolyroom, type RunPlan } from './polyroom-run.js';
import { runSocketIo } from './socket-io-run.js';

/** The share of the run that the other system gets: enough to show its losses. */
const otherShare = 0.15;
const slackMs = 60_000;

/**
 * Sends messages through processes that are killed; true if no acknowledged message was lost, duplicated,
 * reordered or delivered to a wrong room. socket.io with its Redis adapter runs under the same conditions,
 * for comparison.
 */
export async function checkMessages(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      messages: { type: 'string', default: '200000' },
      kills: { type: 'string', default: '21' },
      'per-second': { type: 'string', default: '2000' },
    },
  });
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const messages = Number(values.messages);
  const perSecond = Number(values['per-second']);
  const kills = Number(values.kills);
  const plan: RunPlan = {
    ...{ rooms: 20, membersPerRoom: 10, messages, perSecond, kills, log },
    killEveryMs: ((messages / perSecond) * 1000) / (kills + 1),
    maxMs: (messages / perSecond) * 1000 * 2 + slackMs,
  };
  log(
    `20 rooms x 10 members, 3 gateways, ${perSecond} messages/s, a kill every ${(plan.killEveryMs / 1000).toFixed(1)} s`,
  );
  const ours = await runPolyroom(rootDir, plan);
  const otherKills = Math.max(4, Math.round(kills * otherShare));
  const otherMessages = Math.round(messages * otherShare);
  const theirs = await runSocketIo({
    ...plan,
    ...{ messages: otherMessages, kills: otherKills, maxMs: plan.maxMs * otherShare + slackMs },
    killEveryMs: ((otherMessages / perSecond) * 1000) / (otherKills + 1),
  });
  const faults = (verdict: Verdict): number =>
    verdict.lost + verdict.duplicated + verdict.reordered + verdict.wrongRoom;
  for (const [name, result] of [
    ['Polyroom', ours],
    ['socket.io + redis-adapter', theirs],
  ] as const) {
    const killed = [...result.kills].map(([process, count]) => `${process} ${count}`).join(', ');
    const count = [...result.kills.values()].reduce((sum, each) => sum + each, 0);
    process.stdout.write(
      `\n${name}\n` +
        `  acknowledged ${result.acknowledged} in ${result.seconds.toFixed(0)} s, deliveries ${result.deliveries}\n` +
        `  kill -9: ${count} (${killed})\n` +
        `  lost ${result.lost}, duplicated ${result.duplicated}, reordered ${result === theirs ? '(it has no numbers)' : result.reordered}, in a wrong room ${result.wrongRoom}, reported as no longer stored ${result.gone}\n`,
    );
  }
  const killedCount = [...ours.kills.values()].reduce((sum, each) => sum + each, 0);
  const isEnough = ours.acknowledged >= messages && killedCount >= kills;
  if (!isEnough) {
    process.stdout.write('\nnot enough messages or kills in time\n');
  }
  return isEnough && faults(ours) === 0 && ours.gone === 0;
}
