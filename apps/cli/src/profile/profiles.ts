import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { table } from '../output/table.js';
import { type RunCommand } from '../run-command.js';

export function addProfiles(program: Command, runCommand: RunCommand): void {
  const group = program.command('profiles').description('stored servers and credentials');
  const list = group
    .command('list')
    .description('list the profiles, without their secrets')
    .action(() =>
      runCommand(list, async ({ output, settings }) => {
        const { current, profiles } = await settings.store.read();
        const rows = Object.entries(profiles).map(([name, { appId, serverSecret, url }]) => ({
          name,
          url,
          appId,
          hasServerSecret: serverSecret !== undefined,
          current: name === current,
        }));
        output.result({ profiles: rows }, () =>
          table(
            ['', 'PROFILE', 'URL', 'APPID', 'SERVERSECRET'],
            rows.map((row) => [
              row.current ? '*' : ' ',
              row.name,
              row.url,
              row.appId,
              row.hasServerSecret ? 'stored' : undefined,
            ]),
          ),
        );
      }),
    );
  const use = group
    .command('use')
    .description('make a profile the current one')
    .argument('<name>', 'the profile')
    .action((name: string) =>
      runCommand(use, async ({ output, settings }) => {
        await settings.store.use(name);
        output.result({ current: name }, () => `Now using the profile ${name}.`);
      }),
    );
  examples(group, [
    ['polyroom profiles list', 'the current one is marked with *'],
    ['polyroom profiles use eu', 'commands use it from now on'],
  ]);
}
