import { type ReplyOf, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { dateTime, fields, table } from '../output/table.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseTime } from '../settings/parse-values.js';

type Entitlement = Resources['Entitlement'];
type Value = Resources['EntitlementValue'];

interface SetOptions {
  user?: string;
  note?: string;
  from?: number;
  until?: number;
}

export function addEntitlements(program: Command, runCommand: RunCommand): void {
  const group = program.command('entitlements').description('features and limits of an AppID or a user');
  const userOption = ['--user <id>', 'those of a user, which count before those of the AppID'] as const;
  const list = group
    .command('list')
    .description('list the entitlements')
    .option(...userOption)
    .action(({ user }: { user?: string }) =>
      runCommand(list, async ({ output, settings }) => {
        const server = await settings.serverOfApp();
        const { entitlements } =
          user === undefined
            ? await server.entitlements.list()
            : await server.entitlements.listOfUser({ userId: user });
        output.result({ entitlements }, () =>
          table(['NAME', 'VALUE', 'SET', 'UNTIL', 'NOTE'], entitlements.map(rowOf)),
        );
      }),
    );
  const get = group
    .command('get')
    .description('show an entitlement of the AppID')
    .argument('<name>', 'such as multiRoom')
    .action((name: string) =>
      runCommand(get, async ({ output, settings }) => {
        const { entitlement } = await (await settings.serverOfApp()).entitlements.get({ name });
        show(output, entitlement);
      }),
    );
  const set = group
    .command('set')
    .description('set an entitlement; for operators')
    .argument('<name>', 'such as multiRoom')
    .argument('<value>', 'true, false, a number or a text')
    .option(...userOption)
    .option('--note <text>', 'why, for other operators')
    .option('--from <time>', 'from then on: 2027-01-31T08:00:00Z, or +7d', parseTime)
    .option('--until <time>', 'until then', parseTime)
    .action((name: string, value: string, options: SetOptions) =>
      runCommand(set, (context) => change(context, name, parseValue(value), options)),
    );
  const clear = group
    .command('clear')
    .description('restore the default, or for a user the value of the AppID; for operators')
    .argument('<name>', 'such as multiRoom')
    .option(...userOption)
    .option('--note <text>', 'why, for other operators')
    .action((name: string, options: SetOptions) =>
      runCommand(clear, (context) => change(context, name, null, options)),
    );
  const quotas = group
    .command('quotas')
    .description('show the quotas of the AppID, and what is used of them')
    .action(() =>
      runCommand(quotas, async ({ output, settings }) => {
        const { quotas: found } = await (await settings.serverOfApp()).entitlements.readQuotas();
        output.result({ quotas: found }, () =>
          table(
            ['QUOTA', 'LIMIT', 'USED'],
            found.map(({ limit, name, used }) => [name, limit === 0 ? 'none' : limit, used]),
          ),
        );
      }),
    );
  examples(group, [
    ['polyroom entitlements set multiRoom true --note "ticket 4711"', 'switch on several rooms at once'],
    [
      'polyroom entitlements set maxRoomsPerUser 20 --user ada --until +7d',
      'a limit of one user, for a week',
    ],
    ['polyroom entitlements clear maxRoomsPerUser', 'back to the default'],
  ]);
}

async function change(
  { output, settings }: Context,
  name: string,
  value: Value | null,
  { from, note, until, user }: SetOptions,
): Promise<void> {
  if (from !== undefined && until !== undefined && from >= until) {
    throw new UsageError('--until must be later than --from');
  }
  const server = await settings.serverOfApp();
  const body = {
    value,
    ...(note === undefined ? {} : { note }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(until === undefined ? {} : { untilMs: until }),
  };
  const reply: ReplyOf<'entitlements_set'> =
    user === undefined
      ? await server.entitlements.set({ name, body })
      : await server.entitlements.setOfUser({ name, userId: user, body });
  reply.warnings?.forEach((warning) => output.note(`Warning: ${warning}`));
  show(output, reply.entitlement);
}

/** `true`, `false` and numbers are no texts. */
export function parseValue(text: string): Value {
  if (text === 'true' || text === 'false') {
    return text === 'true';
  }
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function show(output: Context['output'], entitlement: Entitlement): void {
  const { name, stored, value } = entitlement;
  output.result(entitlement, () =>
    fields({
      [name]: value,
      set: stored === undefined ? 'no, this is the default' : `to ${String(stored.value)}`,
      ...(stored?.fromMs === undefined ? {} : { from: dateTime(stored.fromMs) }),
      ...(stored?.untilMs === undefined ? {} : { until: dateTime(stored.untilMs) }),
      ...(stored?.note === undefined ? {} : { note: stored.note }),
    }),
  );
}

function rowOf({ name, overridden, stored, value }: Entitlement): (string | number | boolean | undefined)[] {
  return [name, value, overridden ? 'yes' : 'no', dateTime(stored?.untilMs), stored?.note];
}
