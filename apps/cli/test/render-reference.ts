import { type Command } from 'commander';

export interface CommandInfo {
  /** `rooms kick <room> <user>`. */
  usage: string;
  description: string;
  options: string[];
}

/** The commands that can be run, in the order of the help. */
export function listCommands(command: Command, path: string[] = []): CommandInfo[] {
  return command.commands
    .filter((each) => each.name() !== 'help')
    .flatMap((each) => {
      const own = [...path, each.name()];
      return each.commands.length > 0 ? listCommands(each, own) : [describe(each, own)];
    });
}

/** The table of docs/cli.md. */
export function renderReference(program: Command): string {
  const rows = listCommands(program).map(({ description, options, usage }) => {
    const flags = options.map((option) => `\`${option}\``).join(', ');
    return `| \`${usage}\` | ${description} | ${flags} |`;
  });
  return ['| command | what it does | options |', '| --- | --- | --- |', ...rows].join('\n');
}

function describe(command: Command, path: string[]): CommandInfo {
  const args = command.registeredArguments.map((argument) => `<${argument.name()}>`);
  return {
    usage: [...path, ...args].join(' '),
    description: command.description(),
    options: command.options.map(({ flags, mandatory }) => (mandatory ? `${flags} (required)` : flags)),
  };
}
