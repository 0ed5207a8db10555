import { pages, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { UsageError } from '../output/failure.js';
import { table } from '../output/table.js';
import { type RunCommand } from '../run-command.js';
import { parseDuration } from '../settings/parse-values.js';

const maxBlockMs = 86_400_000;

/** The commands about the members of rooms. */
export function addMembers(group: Command, runCommand: RunCommand): void {
  const members = group
    .command('members')
    .description('list the members of a room')
    .argument('<room>', 'room ID')
    .action((roomId: string) =>
      runCommand(members, async ({ output, settings }) => {
        const server = await settings.serverOfApp();
        const found: Resources['Member'][] = [];
        for await (const page of pages((position) => server.members.list({ roomId, ...position }))) {
          found.push(...page.members);
        }
        output.result({ members: found }, () =>
          table(
            ['USER', 'NAME'],
            found.map(({ userId, userName }) => [userId, userName]),
          ),
        );
      }),
    );
  const kick = group
    .command('kick')
    .description('remove a user from a room')
    .argument('<room>', 'room ID')
    .argument('<user>', 'user ID')
    .option('--reason <text>', 'text for the user')
    .option('--block <duration>', 'how long the user cannot enter again, up to 1d', parseDuration)
    .action((roomId: string, userId: string, { block, reason }: { block?: number; reason?: string }) =>
      runCommand(kick, async ({ output, settings }) => {
        if (block !== undefined && (block < 1000 || block > maxBlockMs)) {
          throw new UsageError('--block: expected 1s to 1d');
        }
        const body = {
          ...(reason === undefined ? {} : { reason }),
          ...(block === undefined ? {} : { blockSeconds: Math.round(block / 1000) }),
        };
        const reply = await (await settings.serverOfApp()).members.kick({ roomId, userId, body });
        output.result(reply, () =>
          reply.roomIds.length === 0
            ? `${userId} was not in ${roomId}.`
            : `Removed ${userId} from ${roomId}.`,
        );
      }),
    );
  const move = group
    .command('move')
    .description('move a user, with its streams, to another room')
    .argument('<user>', 'user ID')
    .requiredOption('--from <room>', 'the room to leave')
    .requiredOption('--to <room>', 'the room to enter')
    .action((userId: string, { from, to }: { from: string; to: string }) =>
      runCommand(move, async ({ output, settings }) => {
        const reply = await (await settings.serverOfApp()).transfers.move({ userId, body: { from, to } });
        output.result(reply, () => `Moved ${userId} from ${from} to ${to}.`);
      }),
    );
  const copy = group
    .command('copy')
    .description('take a user into a further room')
    .argument('<user>', 'user ID')
    .requiredOption('--to <room>', 'the room to enter')
    .option('--from <room>', 'share the streams of this room only')
    .option('--no-streams', 'share no streams')
    .action((userId: string, { from, streams, to }: { from?: string; streams: boolean; to: string }) =>
      runCommand(copy, async ({ output, settings }) => {
        const body = { to, shareStreams: streams, ...(from === undefined ? {} : { from }) };
        const reply = await (await settings.serverOfApp()).transfers.copy({ userId, body });
        output.result(reply, () => `${userId} is in ${to} too.`);
      }),
    );
}
