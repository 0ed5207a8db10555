import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { addApps } from './apps/apps.js';
import { addDoctor } from './doctor/doctor.js';
import { addEntitlements } from './entitlements/entitlements.js';
import { addEvents } from './events/events.js';
import { addLoad } from './load/load.js';
import { addLogin } from './login/login.js';
import { addPlay } from './media/play.js';
import { addPublish } from './media/publish.js';
import { addMessages } from './messages/messages.js';
import { toFailure } from './output/describe-error.js';
import { exitCodes } from './output/failure.js';
import { Output } from './output/output.js';
import { addPlan } from './plan/plan.js';
import { addProfiles } from './profile/profiles.js';
import { addRecordings } from './recordings/recordings.js';
import { addRooms } from './rooms/rooms.js';
import { type RunCommand } from './run-command.js';
import { examples } from './output/examples.js';
import { parseAppId, parseUrl } from './settings/parse-values.js';
import { type GlobalOptions, Settings } from './settings/settings.js';
import { type Surroundings } from './surroundings.js';
import { addToken } from './token/token.js';

/** The command line. `runCommand` runs the action of a command; without one, actions do nothing. */
export function createProgram(runCommand: RunCommand = () => Promise.resolve()): Command {
  const program = new Command('polyroom')
    .description('Administer a cluster of Polyroom, publish, play, load and diagnose it.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .addOption(
      new Option('--profile <name>', 'use this profile instead of the current one (POLYROOM_PROFILE)'),
    )
    .addOption(new Option('--url <url>', 'address of a gateway (POLYROOM_URL)').argParser(parseUrl))
    .addOption(new Option('--app <id>', 'AppID (POLYROOM_APP_ID)').argParser(parseAppId))
    .option('--api-key-file <file>', 'file with the API key; - is the standard input (POLYROOM_API_KEY)')
    .option('--json', 'print results and errors as JSON');
  examples(program, [
    ['polyroom login --url https://gateway.example.com --app 1234567', 'store a server and its API key'],
    ['polyroom rooms list', 'the rooms of the AppID'],
    ['polyroom help rooms', 'the commands about rooms'],
  ]);
  addLogin(program, runCommand);
  addProfiles(program, runCommand);
  addApps(program, runCommand);
  addEntitlements(program, runCommand);
  addRooms(program, runCommand);
  addMessages(program, runCommand);
  addRecordings(program, runCommand);
  addEvents(program, runCommand);
  addToken(program, runCommand);
  addPublish(program, runCommand);
  addPlay(program, runCommand);
  addLoad(program, runCommand);
  addPlan(program, runCommand);
  addDoctor(program, runCommand);
  return program;
}

/** Runs the command line without the name of the program; returns the exit code. Never throws. */
export async function run(args: string[], surroundings: Surroundings): Promise<number> {
  const { stderr, stdout } = surroundings;
  const interruption = new AbortController();
  const interrupt = (): void => {
    // A second Ctrl-C does not wait for anything.
    if (interruption.signal.aborted) {
      process.exit(exitCodes.interrupted);
    }
    interruption.abort();
  };
  let exitCode: number = exitCodes.ok;
  const program = createProgram(async (command, action) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const output = new Output(surroundings, options.json === true);
    const settings = new Settings(options, surroundings);
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    try {
      await action({ output, settings, surroundings, signal: interruption.signal });
      exitCode = interruption.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  });
  configure(program, (command) =>
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      // Errors are written below, as one line.
      writeErr: (text) => (text.startsWith('error:') ? undefined : stderr.write(text)),
    }),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return exitCodes.ok;
    }
    if (error instanceof CommanderError && error.code === 'commander.help') {
      return exitCodes.usage;
    }
    if (interruption.signal.aborted) {
      return exitCodes.interrupted;
    }
    const failure = toFailure(error);
    new Output(surroundings, args.includes('--json')).failure(failure);
    return failure.exitCode;
  }
}

function configure(command: Command, change: (command: Command) => void): void {
  change(command);
  command.commands.forEach((each) => configure(each, change));
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
