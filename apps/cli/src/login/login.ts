import { PolyroomServer, RestError } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { assertProfileName, type Profile } from '../profile/profile-store.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseUrl } from '../settings/parse-values.js';
import { prompt, readSecret } from '../settings/secrets.js';

export function addLogin(program: Command, runCommand: RunCommand): void {
  const login = program
    .command('login')
    .description('verify a server and a credential, and store them as a profile')
    .option('--server-secret-file <file>', 'store the ServerSecret of the AppID too, which makes tokens')
    .action((options: { serverSecretFile?: string }) =>
      runCommand(login, (context) => logIn(context, options.serverSecretFile)),
    );
  examples(login, [
    ['polyroom login --url https://gateway.example.com --app 1234567', 'asks for an API key'],
    ['polyroom login --url https://eu.example.com --profile eu --api-key-file key.txt', 'a second profile'],
  ]);
  const logout = program
    .command('logout')
    .description('remove the profile with its credentials')
    .action(() => runCommand(logout, logOut));
  const whoami = program
    .command('whoami')
    .description('show the server and the credential in use, and ask the server whether it accepts them')
    .action(() => runCommand(whoami, whoAmI));
}

async function logIn(context: Context, serverSecretFile: string | undefined): Promise<void> {
  const { output, settings, surroundings } = context;
  const name = settings.options.profile ?? 'default';
  assertProfileName(name);
  const url = settings.options.url ?? (await askForUrl(context));
  const appId = settings.options.app;
  const apiKey = await readSecret(
    {
      what: 'the API key or token of an operator',
      variable: 'POLYROOM_API_KEY',
      option: '--api-key-file',
      file: settings.options.apiKeyFile,
    },
    surroundings,
  );
  const serverSecret =
    serverSecretFile === undefined
      ? undefined
      : await readSecret(
          {
            what: 'the ServerSecret',
            variable: 'POLYROOM_SERVER_SECRET',
            option: '--server-secret-file',
            file: serverSecretFile,
          },
          surroundings,
        );
  const kind = await verify(
    new PolyroomServer({ url, apiKey, ...(appId === undefined ? {} : { appId }) }),
    appId,
  );
  const profile: Profile = {
    url,
    apiKey,
    ...(appId === undefined ? {} : { appId }),
    ...(serverSecret === undefined ? {} : { serverSecret }),
  };
  await settings.store.set(name, profile);
  output.result(
    { profile: name, url, appId, credential: kind },
    () => `Logged in to ${url} with ${article(kind)}; profile ${name}.`,
  );
}

async function askForUrl({ settings, surroundings }: Context): Promise<string> {
  const given = surroundings.env['POLYROOM_URL'];
  if (given) {
    return settings.url();
  }
  if (surroundings.stdin.isTTY !== true) {
    throw new UsageError('the server is missing', 'use --url, or set POLYROOM_URL');
  }
  return parseUrl(await prompt('Address of a gateway: ', surroundings));
}

async function logOut({ output, settings }: Context): Promise<void> {
  const name = await settings.profileName();
  if (name === undefined) {
    throw new UsageError('there is no profile');
  }
  await settings.store.remove(name);
  output.result(
    { removed: name },
    () => `Removed the profile ${name}. Its key stays valid until it is revoked.`,
  );
}

async function whoAmI({ output, settings }: Context): Promise<void> {
  const [profile, url, appId] = [
    await settings.profileName(),
    await settings.url(),
    await settings.findAppId(),
  ];
  const kind = await verify(await settings.server(), appId);
  output.result({ profile, url, appId, credential: kind }, () =>
    [
      `${url} accepts ${article(kind)}`,
      ...(appId === undefined ? [] : [`of the AppID ${appId}`]),
      ...(profile === undefined ? [] : [`(profile ${profile})`]),
    ].join(' '),
  );
}

type CredentialKind = 'API key' | 'operator token';

/** Asks the server whether it accepts the credential, for the AppID if there is one. Throws what it answers. */
async function verify(server: PolyroomServer, appId: number | undefined): Promise<CredentialKind> {
  try {
    await server.apps.list();
    return 'operator token';
  } catch (error) {
    if (!isRefusedKey(error)) {
      throw error;
    }
  }
  if (appId === undefined) {
    throw new UsageError('an API key belongs to one AppID', 'name it with --app');
  }
  await server.apps.get().catch((error: unknown) => {
    // A genuine key of this AppID without this permission.
    if (!(error instanceof RestError && error.errorName === 'ADMIN_API_KEY_PERMISSION_MISSING')) {
      throw error;
    }
  });
  return 'API key';
}

/** A key that is valid, but not for a route of all AppIDs. */
function isRefusedKey(error: unknown): boolean {
  return (
    error instanceof RestError &&
    ['ADMIN_API_KEY_APP_MISMATCH', 'ADMIN_API_KEY_PERMISSION_MISSING'].includes(error.errorName ?? '')
  );
}

function article(kind: CredentialKind): string {
  return kind === 'API key' ? 'an API key' : 'a token of an operator';
}
