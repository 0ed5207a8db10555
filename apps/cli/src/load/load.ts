import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { exitCodes, Failure, UsageError } from '../output/failure.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseDuration, parseInteger } from '../settings/parse-values.js';
import { requireServerSecret } from '../token/client-credentials.js';
import { describeReport } from './describe-report.js';
import { problemsOf } from './load-record.js';
import { LoadRun } from './load-run.js';

interface Options {
  users: number;
  rooms: number;
  publishers: number;
  messagesPerSecond: number;
  duration: number;
  ramp: number;
  roomPrefix: string;
  serverSecretFile?: string;
}

export function addLoad(program: Command, runCommand: RunCommand): void {
  const load = program
    .command('load')
    .description(
      'log many users in, each into several rooms over one socket, and measure logins and messages',
    )
    .option('--users <n>', 'users', parseInteger(1, 20_000), 50)
    .option('--rooms <n>', 'rooms that each user enters', parseInteger(1, 100), 5)
    .option(
      '--publishers <n>',
      'users that publish a small test pattern into the first room',
      parseInteger(0, 100),
      0,
    )
    .option('--messages-per-second <n>', 'messages of all users together', parseInteger(0, 10_000), 10)
    .option(
      '--duration <duration>',
      'how long to send, after all users have logged in',
      parseDuration,
      60_000,
    )
    .option('--ramp <n>', 'users that log in per second', parseInteger(1, 1000), 20)
    .option('--room-prefix <text>', 'the rooms are PREFIX-1, PREFIX-2 …', 'load')
    .option(
      '--server-secret-file <file>',
      'file with the ServerSecret, which makes the tokens (POLYROOM_SERVER_SECRET)',
    )
    .action((options: Options) => runCommand(load, (context) => run(context, options)));
  examples(load, [
    ['polyroom load --users 200 --rooms 5', '1000 memberships over 200 sockets, for a minute'],
    ['polyroom load --users 20 --rooms 2 --duration 10s --json', 'the report as JSON'],
  ]);
}

async function run(context: Context, options: Options): Promise<void> {
  const { output, settings, signal } = context;
  const { duration, publishers, serverSecretFile, users, ...others } = options;
  if (publishers > users) {
    throw new UsageError('--publishers must not be more than --users');
  }
  const load = new LoadRun(
    {
      ...others,
      ...{ publishers, users },
      appId: await settings.appId(),
      server: await settings.url(),
      secret: await requireServerSecret(settings, serverSecretFile),
      durationMs: duration,
    },
    signal,
    (text) => output.note(text),
  );
  const report = await load.run();
  output.result(report, () => describeReport(report));
  const problems = problemsOf(report);
  if (problems.length > 0 && !report.interrupted) {
    throw new Failure(`the run failed: ${problems.join(', ')}`, { exitCode: exitCodes.failed });
  }
}
