import { createToken, type RoomGrant, type RoomRight } from '@polyroom/server-sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { type Context, type RunCommand } from '../run-command.js';
import { collect, parseDuration, parseInteger } from '../settings/parse-values.js';
import { readServerSecret, readToken } from './client-credentials.js';
import { decodeToken, describeToken } from './decode-token.js';

const memberRights: RoomRight[] = ['login', 'subscribe', 'message', 'publish', 'share'];

interface CreateOptions {
  user: string;
  room?: RoomGrant[];
  anyRoom?: true;
  stream?: string[];
  maxRooms?: number;
  valid: number;
  serverSecretFile?: string;
}

export function addToken(program: Command, runCommand: RunCommand): void {
  const group = program.command('token').description('tokens with which clients log in');
  const create = group
    .command('create')
    .description('make a native token from the ServerSecret; needs no server')
    .requiredOption('--user <id>', 'the user that logs in with it')
    .option('--room <grant>', 'a room, and its rights after a colon; may be repeated', collectGrants)
    .option('--any-room', 'every room, with all rights')
    .option(
      '--stream <pattern>',
      'a stream that the user may publish, * stands for any text; may be repeated',
      collect,
    )
    .option('--max-rooms <n>', 'the most rooms at once', parseInteger(1, 1000))
    .option('--valid <duration>', 'how long it is valid', parseDuration, 3_600_000)
    .option(
      '--server-secret-file <file>',
      'file with the ServerSecret; - is the standard input (POLYROOM_SERVER_SECRET)',
    )
    .action((options: CreateOptions) => runCommand(create, (context) => make(context, options)));
  examples(create, [
    ['polyroom token create --user ada --room stage --room backstage', 'all rights of a member in two rooms'],
    ['polyroom token create --user ada --room "class-*:login,subscribe,message"', 'a listener, by a pattern'],
  ]);
  const show = group
    .command('show')
    .description('decode a token, without verifying it; never prints its signature')
    .option('--token-file <file>', 'file with the token; - is the standard input (POLYROOM_TOKEN)')
    .action(({ tokenFile }: { tokenFile?: string }) =>
      runCommand(show, async ({ output, surroundings }) => {
        const decoded = decodeToken(await readToken(tokenFile, surroundings));
        output.result(decoded, () => describeToken(decoded));
      }),
    );
  examples(show, [
    ['polyroom token create --user ada --any-room | polyroom token show --token-file -', 'check it'],
  ]);
}

async function make({ output, settings }: Context, options: CreateOptions): Promise<void> {
  const { anyRoom, maxRooms, room, serverSecretFile, stream, user, valid } = options;
  if ((anyRoom === undefined) === (room === undefined)) {
    throw new UsageError('name the rooms with --room, or use --any-room');
  }
  const token = await createToken({
    appId: await settings.appId(),
    userId: user,
    secret: await readServerSecret(settings, serverSecretFile),
    effectiveTimeSeconds: Math.round(valid / 1000),
    rooms: room ?? 'any',
    ...(stream === undefined ? {} : { streams: stream }),
    ...(maxRooms === undefined ? {} : { maxRooms }),
  });
  output.result({ token }, () => token);
}

/** `stage`, or `stage:login,subscribe`; an ID with `*` is a pattern. */
export function parseGrant(text: string): RoomGrant {
  const colon = text.lastIndexOf(':');
  const [id, list] = colon === -1 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  if (id === '' || list === '') {
    throw new InvalidArgumentError('expected ROOM or ROOM:RIGHT,RIGHT.');
  }
  const rights = (list?.split(',') as RoomRight[] | undefined) ?? memberRights;
  return id.includes('*') ? { roomPattern: id, rights } : { roomId: id, rights };
}

function collectGrants(text: string, former: RoomGrant[] | undefined): RoomGrant[] {
  return [...(former ?? []), parseGrant(text)];
}
