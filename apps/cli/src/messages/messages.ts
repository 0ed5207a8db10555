import { pages, type Resources } from '@polyroom/server-sdk';
import { type Command, Option } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { dateTime, table } from '../output/table.js';
import { type Context, type RunCommand } from '../run-command.js';
import { collect, parseInteger } from '../settings/parse-values.js';

const kinds = ['broadcast', 'barrage', 'command'] as const;

interface SendOptions {
  kind: (typeof kinds)[number];
  to?: string[];
  from?: string;
}

export function addMessages(program: Command, runCommand: RunCommand): void {
  const group = program.command('messages').description('messages of rooms');
  addSend(group.command('send'), runCommand);
  const history = group
    .command('history')
    .description('list the stored messages of a room, oldest first')
    .argument('<room>', 'room ID')
    .option('--limit <n>', 'only the newest ones', parseInteger(1, 100_000))
    .action((roomId: string, { limit }: { limit?: number }) =>
      runCommand(history, async ({ output, settings }) => {
        const server = await settings.serverOfApp();
        const found: Resources['Message'][] = [];
        for await (const page of pages((position) => server.messages.list({ roomId, ...position }))) {
          found.push(...page.messages);
        }
        const messages = limit === undefined ? found : found.slice(-limit);
        output.result({ messages }, () =>
          table(
            ['ID', 'SENT', 'KIND', 'FROM', 'CONTENT'],
            messages.map((message) => [
              message.messageId,
              dateTime(message.sentAtMs),
              message.kind,
              message.from.userId,
              message.deleted === true ? '(deleted)' : message.content,
            ]),
          ),
        );
      }),
    );
  const remove = group
    .command('delete')
    .description('delete a stored message for every reader')
    .argument('<room>', 'room ID')
    .argument('<id>', 'message ID, as history shows it', parseInteger(1))
    .action((roomId: string, messageId: number) =>
      runCommand(remove, async ({ output, settings }) => {
        const reply = await (await settings.serverOfApp()).messages.delete({ roomId, messageId });
        output.result(reply, () => `Deleted the message ${messageId}.`);
      }),
    );
  examples(group, [
    ['polyroom messages send stage "The show begins."', 'as the system'],
    ['polyroom messages send stage go --kind command --to ada', 'to one user'],
    ['polyroom messages history stage --limit 20', 'the newest ones'],
  ]);
  const send = program.command('send');
  addSend(send, runCommand);
  examples(send, [['polyroom send stage "The show begins."', 'the same as polyroom messages send']]);
}

function addSend(command: Command, runCommand: RunCommand): void {
  command
    .description('send a message to a room, as the system or a user')
    .argument('<room>', 'room ID')
    .argument('<text>', 'the text; - reads the standard input')
    .addOption(
      new Option('--kind <kind>', 'broadcast is stored, barrage may be dropped, command is for single users')
        .choices(kinds)
        .default('broadcast'),
    )
    .option('--to <user>', 'recipient of a command; up to ten times', collect)
    .option('--from <user>', 'send it as this user')
    .action((roomId: string, content: string, options: SendOptions) =>
      runCommand(command, (context) => send(context, roomId, content, options)),
    );
}

async function send(
  { output, settings, surroundings }: Context,
  roomId: string,
  argument: string,
  { from, kind, to }: SendOptions,
): Promise<void> {
  if ((kind === 'command') !== (to !== undefined)) {
    throw new UsageError(
      kind === 'command'
        ? '--kind command needs --to'
        : '--to is for --kind command only: rooms have no other private messages',
    );
  }
  const content = argument === '-' ? await readAll(surroundings.stdin) : argument;
  const server = await settings.serverOfApp();
  const reply = await server.messages.send({
    roomId,
    body: {
      kind,
      content,
      category: from === undefined ? 'system' : 'chat',
      ...(from === undefined ? {} : { from: { userId: from, userName: from } }),
      ...(to === undefined ? {} : { to }),
    },
  });
  output.result(reply, () => ('messageId' in reply ? `Sent, message ID ${reply.messageId}.` : 'Sent.'));
}

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) {
    chunks.push(String(chunk));
  }
  return chunks.join('').replace(/\n$/, '');
}
