import { rm, writeFile } from 'node:fs/promises';
import { type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { reasonOf } from '../output/describe-error.js';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { dateTime, fields, table } from '../output/table.js';
import { type Context, type RunCommand } from '../run-command.js';

type App = Resources['App'];

export function addApps(program: Command, runCommand: RunCommand): void {
  const group = program.command('apps').description('AppIDs');
  const list = group
    .command('list')
    .description('list the AppIDs; for operators')
    .action(() =>
      runCommand(list, async ({ output, settings }) => {
        const { apps } = await (await settings.server()).apps.list();
        output.result({ apps }, () =>
          table(
            ['APPID', 'NAME', 'STATE', 'CREDENTIALS', 'CREATED'],
            apps.map((app) => [
              app.appId,
              app.name,
              stateOf(app),
              app.credentialKinds.join(','),
              dateTime(app.createdAtMs),
            ]),
          ),
        );
      }),
    );
  const get = group
    .command('get')
    .description('show the AppID')
    .action(() =>
      runCommand(get, async ({ output, settings }) => {
        const { app } = await (await settings.serverOfApp()).apps.get();
        show({ output }, app);
      }),
    );
  const create = group
    .command('create')
    .description('create the AppID that --app names; for operators')
    .argument('<name>', 'name of the application')
    .requiredOption(
      '--secrets-file <file>',
      'new file for the AppSign and the ServerSecret, which are shown nowhere',
    )
    .action((name: string, { secretsFile }: { secretsFile: string }) =>
      runCommand(create, (context) => createApp(context, name, secretsFile)),
    );
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const command = group
      .command(verb)
      .description(
        enabled ? 'enable the AppID; for operators' : 'disable the AppID and end its sessions; for operators',
      )
      .action(() =>
        runCommand(command, async ({ output, settings }) => {
          const { app } = await (await settings.serverOfApp()).apps.setEnabled({ body: { enabled } });
          show({ output }, app);
        }),
      );
  }
  examples(group, [
    [
      'polyroom apps create "My app" --app 1234567 --secrets-file my-app.json',
      'the file is readable by you only',
    ],
    ['polyroom apps list --json', 'for scripts'],
  ]);
}

async function createApp({ output, settings }: Context, name: string, secretsFile: string): Promise<void> {
  const { app: appId } = settings.options;
  if (appId === undefined) {
    throw new UsageError('the new AppID is missing', 'choose it with --app');
  }
  const server = await settings.server();
  // Reserved before the AppID exists: its secrets are shown only once.
  await writeFile(secretsFile, '', { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    throw new UsageError(`--secrets-file: cannot create ${secretsFile}: ${reasonOf(error)}`);
  });
  const { app, appSign, serverSecret } = await server.apps
    .create({ body: { appId, name } })
    .catch(async (error: unknown) => {
      await rm(secretsFile);
      throw error;
    });
  const secrets = { appId, appSign, serverSecret };
  await writeFile(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  output.note(`The secrets are in ${secretsFile}.`);
  show({ output }, app);
}

function show({ output }: Pick<Context, 'output'>, app: App): void {
  output.result(app, () =>
    fields({
      appId: app.appId,
      name: app.name,
      state: stateOf(app),
      credentials: app.credentialKinds.join(', '),
      maxTokenSeconds: app.maxTokenSeconds ?? 'that of the cluster',
      created: dateTime(app.createdAtMs),
    }),
  );
}

function stateOf({ enabled }: App): string {
  return enabled ? 'enabled' : 'disabled';
}
