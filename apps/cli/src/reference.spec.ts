import { expect, test } from '@jest/globals';
import { readSamples } from '@polyroom/testing';
import { type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { runProgram } from '../test/fake-surroundings.js';
import { listCommands, renderReference } from '../test/render-reference.js';
import { renderUnitCosts } from '../test/render-unit-costs.js';
import { createProgram } from './program.js';

const page = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
const sizing = await readFile(new URL('../../../docs/sizing.md', import.meta.url), 'utf8');

test('docs/cli.md documents each command with its options, and no other', () => {
  const section = /<!-- commands -->\n\n([^]*?)\n\n<!-- end of commands -->/.exec(page)?.[1];
  // After a change: replace the table of the page with the expected text.
  expect(section).toBe(renderReference(createProgram()));
});

test('docs/sizing.md has the unit costs that plan computes with', () => {
  const section = /<!-- unit costs -->\n\n([^]*?)\n\n<!-- end of unit costs -->/.exec(sizing)?.[1];
  // After a change: replace the table of the page with the expected text.
  expect(section).toBe(renderUnitCosts());
});

test('docs/sizing.md shows what its command prints', async () => {
  const [, args, output] = /^polyroom (.*)\n```[^]*?^```\n([^]*?)^```/m.exec(sizing)!;
  const { stdout } = await runProgram(args!.split(' '));
  // After a change: replace the output of the page with the expected text.
  expect(output).toBe(stdout);
});

test('every command that docs/cli.md, docs/sizing.md, the README or a help shows exists, with its options', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const helps = allCommands(createProgram()).map(helpOf);
  const samples = [
    ...(await readSamples('cli.md', 'sh')),
    ...(await readSamples('sizing.md', 'sh')),
    ...codeOf(readme),
    ...helps,
  ];
  const lines = samples
    .flatMap((sample) => sample.split('\n'))
    .flatMap((line) => line.split(' | '))
    .map((line) => /^\s*(?:[A-Z_]+=\S+ )*polyroom (.*?)(?:\s+#.*|\s+>.*)?$/.exec(line)?.[1])
    .filter((line) => line !== undefined);
  expect(lines.length).toBeGreaterThan(40);
  for (const line of lines) {
    expect({ line, problem: await problemOf(line) }).toEqual({ line, problem: undefined });
  }
});

test('docs/cli.md has an exit code for each that the program has', () => {
  for (const code of [0, 1, 2, 130]) {
    expect(page).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
  }
});

test('each command has a description, and each group or command examples', () => {
  const program = createProgram();
  for (const { description, usage } of listCommands(program)) {
    expect({ usage, hasDescription: description.length > 10 }).toEqual({ usage, hasDescription: true });
  }
  for (const group of program.commands.filter(({ commands }) => commands.length > 0)) {
    const texts = [group, ...group.commands].map(helpOf).join('');
    expect({ group: group.name(), examples: texts.includes('Examples:') }).toEqual({
      group: group.name(),
      examples: true,
    });
  }
});

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) }).outputHelp();
  return text;
}

function codeOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!);
}

/** What the program objects to; actions do nothing. */
async function problemOf(line: string): Promise<string | undefined> {
  const program = createProgram();
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  }
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return ['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(code)
      ? undefined
      : message;
  }
}
