import { randomBytes } from 'node:crypto';
import type { Client } from '@polyroom/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { closeClients, openClient } from '../connect/open-client.js';
import { examples } from '../output/examples.js';
import { Failure, UsageError } from '../output/failure.js';
import { type Context, type RunCommand } from '../run-command.js';
import { collect, parseDuration } from '../settings/parse-values.js';
import { clientCredentials } from '../token/client-credentials.js';
import { CaptureSource } from './capture-source.js';
import { ffmpegPrograms, probeFile } from './ffmpeg.js';
import { startFile } from './file-source.js';
import { startTestPattern } from './test-pattern.js';
import { untilStopped } from './until-stopped.js';
import { loadWebRtc } from './webrtc.js';

interface PublishOptions {
  room: string[];
  file?: string;
  testPattern?: true;
  loop?: true;
  size: { width: number; height: number };
  stream?: string;
  user?: string;
  duration?: number;
  tokenFile?: string;
  serverSecretFile?: string;
}

const connectWithinMs = 20_000;
/** A token for the time that the program may run. */
const tokenSeconds = 86_400;

export function addPublish(program: Command, runCommand: RunCommand): void {
  const publish = program
    .command('publish')
    .description('publish a file or a test pattern once, into one or several rooms, until it ends or Ctrl-C')
    .requiredOption('--room <room>', 'room ID; may be repeated', collect)
    .option('--test-pattern', 'a moving bar and a tone')
    .option('--file <file>', 'audio, video or both; needs FFmpeg')
    .option('--loop', 'begin the file again at its end')
    .option('--size <size>', 'of the test pattern', parseSize, { width: 640, height: 360 })
    .option('--stream <stream>', 'stream ID; a random one by default')
    .option('--user <id>', 'user ID; the one of the token, or a random one')
    .option('--duration <duration>', 'end after this time', parseDuration)
    .option('--token-file <file>', 'file with a token of the user (POLYROOM_TOKEN)')
    .option(
      '--server-secret-file <file>',
      'file with the ServerSecret, which makes a token (POLYROOM_SERVER_SECRET)',
    )
    .action((options: PublishOptions) => runCommand(publish, (context) => run(context, options)));
  examples(publish, [
    ['polyroom publish --room stage --room backstage --test-pattern', 'one encode, one uplink, two rooms'],
    ['polyroom publish --room stage --file talk.mp4 --stream talk', 'until the file ends'],
  ]);
}

async function run(context: Context, options: PublishOptions): Promise<void> {
  const { output, settings, signal, surroundings } = context;
  const { file, testPattern } = options;
  if ((file === undefined) === (testPattern === undefined)) {
    throw new UsageError('name either --file or --test-pattern');
  }
  const suffix = randomBytes(4).toString('hex');
  const streamId = options.stream ?? `cli-${suffix}`;
  const { token, userId } = await clientCredentials(settings, options, {
    userId: options.user ?? `cli-${suffix}`,
    validSeconds: tokenSeconds,
  });
  const programs = ffmpegPrograms(surroundings);
  const media = file === undefined ? undefined : await probeFile(programs.ffprobe, file);
  const source = new CaptureSource(await loadWebRtc(), {
    audio: media?.hasAudio ?? true,
    video: media?.hasVideo ?? true,
  });
  const client = await openClient({ appId: await settings.appId(), server: await settings.url() }, true);
  const startedAtMs = performance.now();
  let stopPattern: (() => void) | undefined;
  let decoder: ReturnType<typeof startFile> | undefined;
  try {
    const user = { userId, userName: userId };
    for (const roomId of options.room) {
      await client.join(roomId, { user, token, memberEvents: false });
    }
    // Encoders measure the first frames: the media runs before it is published.
    if (file === undefined || media === undefined) {
      stopPattern = startTestPattern(source, { ...options.size, framesPerSecond: 15 });
    } else {
      decoder = startFile(programs.ffmpeg, file, media, source, options.loop === true);
    }
    await publishInto(client, streamId, options.room, source.stream, signal);
    output.note(`Publishing ${streamId} in ${options.room.join(', ')}. Ctrl-C ends it.`);
    await untilStopped({
      signal,
      durationMs: options.duration,
      ended: decoder?.ended,
      onFailed: (fail) =>
        client.on('publicationChanged', (info) => {
          if (info.streamId === streamId && info.state === 'ended' && info.error !== undefined) {
            fail(info.error);
          }
        }),
    });
  } finally {
    stopPattern?.();
    decoder?.stop();
    await closeClients([client]);
  }
  const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
  output.result(
    { streamId, roomIds: options.room, seconds, frames: source.frames },
    () => `Published ${streamId} for ${seconds} s: ${source.frames} frames.`,
  );
}

/** Resolves when the media is connected, which a blocked network prevents. */
export async function publishInto(
  client: Client,
  streamId: string,
  roomIds: readonly string[],
  media: MediaStream,
  signal: AbortSignal,
): Promise<void> {
  const active = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new Failure('the media connection is not established', {
            cure: 'run polyroom doctor: UDP or TCP is blocked',
          }),
        ),
      connectWithinMs,
    );
    client.on('publicationChanged', (info) => {
      if (info.streamId === streamId && info.state !== 'pending') {
        clearTimeout(timer);
        resolve();
      }
    });
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  active.catch(() => undefined);
  const [first, ...others] = roomIds;
  await client.publish(streamId, { roomId: first!, media, signal });
  for (const roomId of others) {
    await client.share(streamId, roomId);
  }
  await active;
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || width % 2 === 1 || height % 2 === 1 || width > 1920 || height > 1080) {
    throw new InvalidArgumentError('expected even numbers such as 640x360, up to 1920x1080.');
  }
  return { width, height };
}
