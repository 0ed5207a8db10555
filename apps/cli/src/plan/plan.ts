import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseInteger } from '../settings/parse-values.js';
import { describePlan } from './describe-plan.js';
import { makePlan, type PlanInput } from './make-plan.js';

/** All users log in within this time, unless the rate is given. */
const rampSeconds = 600;

const usualMembers = 10;

type Derived = 'loginsPerSecond' | 'membersPerRoom';
type Options = Omit<PlanInput, Derived> & Partial<Pick<PlanInput, Derived>>;

export function addPlan(program: Command, runCommand: RunCommand): void {
  const plan = program
    .command('plan')
    .description('compute how many instances a load needs, and their CPU, memory, storage and bandwidth')
    .requiredOption('--users <n>', 'users who are connected at once', parseInteger(1, 100_000_000))
    .option('--rooms-per-user <n>', 'rooms that each user is in', parseInteger(1, 1000), 1)
    .option('--members-per-room <n>', 'members of a room (default: 10)', parseInteger(1, 1_000_000))
    .option(
      '--streams <n>',
      'streams that all users together publish at once',
      parseInteger(0, 100_000_000),
      0,
    )
    .option('--plays-per-user <n>', 'streams that each user plays at once', parseInteger(0, 50), 1)
    .option('--stream-kbps <n>', 'bit rate of a stream, with its audio', parseInteger(1, 100_000), 1000)
    .option(
      '--logins-per-second <n>',
      'logins into rooms, and as many logouts (default: all users enter their rooms within 10 minutes)',
      parseInteger(0, 10_000_000),
    )
    .option('--messages-per-second <n>', 'messages of all users together', parseInteger(0, 10_000_000), 0)
    .option('--message-bytes <n>', 'size of a message', parseInteger(1, 32_768), 100)
    .option('--replicas <n>', 'NATS servers, each of which stores every message', parseInteger(1, 5), 3)
    .option('--redis-node-gib <n>', 'memory of a Redis master', parseInteger(1, 1024), 8)
    .option('--media-workers <n>', 'workers of a media node, each on a core', parseInteger(1, 256), 7)
    .option('--media-node-gbps <n>', 'bandwidth of a media node', parseInteger(1, 1000), 10)
    .action((options: Options) => runCommand(plan, (context) => run(context, options)));
  examples(plan, [
    ['polyroom plan --users 10000 --rooms-per-user 3', 'rooms and messages without media'],
    [
      'polyroom plan --users 1000 --rooms-per-user 2 --members-per-room 25 --streams 1000 --plays-per-user 5',
      '40 classes of 25, each member of which plays five cameras',
    ],
  ]);
}

function run({ output }: Context, options: Options): Promise<void> {
  const { roomsPerUser, users } = options;
  const {
    loginsPerSecond = Math.ceil((users * roomsPerUser) / rampSeconds),
    membersPerRoom = Math.min(usualMembers, users),
  } = options;
  if (membersPerRoom > users) {
    throw new UsageError('--members-per-room must not be more than --users');
  }
  const input = { ...options, loginsPerSecond, membersPerRoom };
  const plan = makePlan(input);
  output.result({ input, ...plan }, () => describePlan(input, plan));
  return Promise.resolve();
}
