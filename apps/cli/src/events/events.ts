import { setTimeout as delay } from 'node:timers/promises';
import { type PolyroomServer, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { printable } from '../output/printable.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseTime } from '../settings/parse-values.js';

const pollIntervalMs = 1000;

interface Filter {
  room?: string;
  user?: string;
}

export function addEvents(program: Command, runCommand: RunCommand): void {
  const group = program.command('events').description('the event log of the AppID');
  const tail = group
    .command('tail')
    .description('print events as they happen, until Ctrl-C; with --json one JSON document per line')
    .option('--room <room>', 'only those of a room')
    .option('--user <user>', 'only those of a user')
    .option('--from <time>', 'begin at this time instead of now', parseTime)
    .option('--no-follow', 'end after the events that there are')
    .action(({ follow, from, room, user }: Filter & { follow: boolean; from?: number }) =>
      runCommand(tail, (context) =>
        tailEvents(context, {
          follow,
          fromMs: from ?? Date.now(),
          filter: { ...(room === undefined ? {} : { room }), ...(user === undefined ? {} : { user }) },
        }),
      ),
    );
  examples(tail, [
    ['polyroom events tail --room stage', 'until Ctrl-C'],
    ['polyroom events tail --from 2027-01-31T08:00:00Z --no-follow --json', 'for scripts'],
  ]);
}

async function tailEvents(
  { output, settings, signal }: Context,
  { filter, follow, fromMs }: { filter: Filter; follow: boolean; fromMs: number },
): Promise<void> {
  const server = await settings.serverOfApp();
  let position: Parameters<PolyroomServer['events']['read']>[0] = { fromMs };
  while (!signal.aborted) {
    const { events, gone, next } = await server.events.read({ ...filter, ...position }, { signal });
    if (gone) {
      output.note('Some earlier events are no longer stored.');
    }
    events.forEach((event) => output.result(event, () => lineOf(event)));
    const last = next ?? events.at(-1)?.cursor;
    position = last === undefined ? position : { after: last };
    if (next === undefined && !follow) {
      return;
    }
    if (next === undefined) {
      await delay(pollIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function lineOf({ atMs, data, roomId, type, userId }: Resources['AppEvent']): string {
  const subject = [
    ...(roomId === undefined ? [] : [`room=${roomId}`]),
    ...(userId === undefined ? [] : [`user=${userId}`]),
  ];
  return printable([new Date(atMs).toISOString(), type, ...subject, JSON.stringify(data)].join(' '));
}
