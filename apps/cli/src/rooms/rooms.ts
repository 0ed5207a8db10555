import { pages, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { dateTime, fields, table } from '../output/table.js';
import { type RunCommand } from '../run-command.js';
import { parseDuration, parseInteger } from '../settings/parse-values.js';
import { addMembers } from './members.js';

export function addRooms(program: Command, runCommand: RunCommand): void {
  const group = program.command('rooms').description('rooms, their members and streams');
  const roomArgument = ['<room>', 'room ID'] as const;
  const list = group
    .command('list')
    .description('list the rooms')
    .option('--prefix <text>', 'only those whose ID begins so')
    .action(({ prefix }: { prefix?: string }) =>
      runCommand(list, async ({ output, settings }) => {
        const server = await settings.serverOfApp();
        const filter = prefix === undefined ? {} : { prefix };
        const rooms: Resources['Room'][] = [];
        for await (const page of pages((position) => server.rooms.list({ ...filter, ...position }))) {
          rooms.push(...page.rooms);
        }
        output.result({ rooms }, () =>
          table(
            ['ROOM', 'MEMBERS', 'STREAMS', 'CREATED'],
            rooms.map((room) => [
              room.roomId,
              room.memberCount,
              room.streamCount,
              dateTime(room.createdAtMs),
            ]),
          ),
        );
      }),
    );
  const show = group
    .command('show')
    .description('show the state of a room')
    .argument(...roomArgument)
    .action((roomId: string) =>
      runCommand(show, async ({ output, settings }) => {
        const room = await (await settings.serverOfApp()).rooms.get({ roomId });
        output.result(room, () =>
          fields({
            room: room.roomId,
            epoch: room.roomEpoch,
            members: room.memberCount,
            streams: room.streams.map(({ streamId }) => streamId).join(', ') || 'none',
            attributes: room.attributes.map(({ key, value }) => `${key}=${value}`).join(', ') || 'none',
          }),
        );
      }),
    );
  const streams = group
    .command('streams')
    .description('list the streams of a room')
    .argument(...roomArgument)
    .action((roomId: string) =>
      runCommand(streams, async ({ output, settings }) => {
        const { streams: found } = await (await settings.serverOfApp()).streams.listOfRoom({ roomId });
        output.result({ streams: found }, () =>
          table(
            ['STREAM', 'USER', 'KINDS', 'MUTED', 'MUTED BY OPERATORS'],
            found.map((stream) => [
              stream.streamId,
              stream.user.userId,
              stream.kinds.join(','),
              stream.mutedKinds?.join(',') || undefined,
              stream.operatorMutedKinds?.join(',') || undefined,
            ]),
          ),
        );
      }),
    );
  const create = group
    .command('create')
    .description('create a room in advance, or change its settings')
    .argument(...roomArgument)
    .option('--max-members <n>', 'the most members; 0 is no limit', parseInteger(0, 1_000_000), 0)
    .option('--keep <duration>', 'how long it exists without members', parseDuration, 3_600_000)
    .action((roomId: string, { keep, maxMembers }: { keep: number; maxMembers: number }) =>
      runCommand(create, async ({ output, settings }) => {
        const body = { keepMs: keep, maxMemberCount: maxMembers };
        const { created } = await (await settings.serverOfApp()).rooms.create({ roomId, body });
        output.result({ created }, () =>
          created ? `Created ${roomId}.` : `Changed the settings of ${roomId}.`,
        );
      }),
    );
  const close = group
    .command('close')
    .description('remove all members and end the room')
    .argument(...roomArgument)
    .option('--reason <text>', 'text for the members')
    .action((roomId: string, { reason }: { reason?: string }) =>
      runCommand(close, async ({ output, settings }) => {
        const body = reason === undefined ? {} : { reason };
        const reply = await (await settings.serverOfApp()).rooms.close({ roomId, body });
        output.result(reply, () => `Closed ${roomId}; removed ${reply.members} members.`);
      }),
    );
  addMembers(group, runCommand);
  examples(group, [
    ['polyroom rooms list --prefix class-', 'some of the rooms'],
    [
      'polyroom rooms kick stage mallory --block 10m',
      'remove a user, who cannot enter again for ten minutes',
    ],
    ['polyroom rooms move ada --from stage --to backstage', 'with the streams of the user'],
  ]);
}
