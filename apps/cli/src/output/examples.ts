import { type Command } from 'commander';

/** Adds examples to the help of a command: each a line to type, and what it is for. */
export function examples(
  command: Command,
  lines: readonly (readonly [line: string, purpose: string])[],
): Command {
  const text = lines.map(([line, purpose]) => `  # ${purpose}\n  ${line}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
