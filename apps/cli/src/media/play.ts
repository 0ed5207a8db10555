import { randomBytes } from 'node:crypto';
import type { Client, RoomStreamInfo } from '@polyroom/sdk';
import { type Command } from 'commander';
import { closeClients, openClient } from '../connect/open-client.js';
import { examples } from '../output/examples.js';
import { Failure } from '../output/failure.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseDuration } from '../settings/parse-values.js';
import { clientCredentials } from '../token/client-credentials.js';
import { ffmpegPrograms } from './ffmpeg.js';
import { assertFormat, FileSink } from './file-sink.js';
import { untilStopped } from './until-stopped.js';
import { loadWebRtc } from './webrtc.js';

interface PlayOptions {
  room: string;
  stream?: string;
  output?: string;
  user?: string;
  duration?: number;
  wait: number;
  tokenFile?: string;
  serverSecretFile?: string;
}

const tokenSeconds = 86_400;

export function addPlay(program: Command, runCommand: RunCommand): void {
  const play = program
    .command('play')
    .description('play a stream of a room into a file, until it ends or Ctrl-C')
    .requiredOption('--room <room>', 'room ID')
    .option('--stream <stream>', 'stream ID; the first one of the room by default')
    .option(
      '--output <file>',
      'file ending with .mp4, .mkv or .webm, which needs FFmpeg; without it frames are counted',
    )
    .option('--user <id>', 'user ID; the one of the token, or a random one')
    .option('--duration <duration>', 'end after this time', parseDuration)
    .option('--wait <duration>', 'how long to wait for the stream', parseDuration, 30_000)
    .option('--token-file <file>', 'file with a token of the user (POLYROOM_TOKEN)')
    .option(
      '--server-secret-file <file>',
      'file with the ServerSecret, which makes a token (POLYROOM_SERVER_SECRET)',
    )
    .action((options: PlayOptions) => runCommand(play, (context) => run(context, options)));
  examples(play, [
    ['polyroom play --room stage --stream talk --output talk.mp4 --duration 30s', 'half a minute'],
    ['polyroom play --room stage', 'counts the frames of the first stream'],
  ]);
}

async function run(context: Context, options: PlayOptions): Promise<void> {
  const { output, settings, signal, surroundings } = context;
  if (options.output !== undefined) {
    assertFormat(options.output);
  }
  const { token, userId } = await clientCredentials(settings, options, {
    userId: options.user ?? `cli-${randomBytes(4).toString('hex')}`,
    validSeconds: tokenSeconds,
  });
  const { nonstandard } = await loadWebRtc();
  const client = await openClient({ appId: await settings.appId(), server: await settings.url() }, true);
  const sinks: { stop(): void }[] = [];
  const counts = { frames: 0, audioSeconds: 0 };
  let file: FileSink | undefined;
  let streamId: string;
  try {
    await client.join(options.room, { user: { userId, userName: userId }, token, memberEvents: false });
    const info = await findStream(client, options, signal);
    streamId = info.streamId;
    const media = await client.subscribe(streamId, { roomId: options.room, signal });
    output.note(`Playing ${streamId} of ${info.user.userId}. Ctrl-C ends it.`);
    await untilStopped({
      signal,
      durationMs: options.duration,
      onFailed: (fail) => {
        const kinds = { audio: info.kinds.includes('audio'), video: info.kinds.includes('video') };
        if (options.output !== undefined) {
          file = new FileSink(ffmpegPrograms(surroundings).ffmpeg, options.output, kinds, fail);
        }
        for (const track of media.getVideoTracks()) {
          const sink = new nonstandard.RTCVideoSink(track);
          sink.onframe = ({ frame }) => {
            counts.frames += 1;
            file?.writeFrame(frame);
          };
          sinks.push(sink);
        }
        for (const track of media.getAudioTracks()) {
          const sink = new nonstandard.RTCAudioSink(track);
          sink.ondata = (data) => {
            counts.audioSeconds += data.samples.length / (data.channelCount ?? 1) / data.sampleRate;
            file?.writeAudio(data);
          };
          sinks.push(sink);
        }
        const removals = [
          // The SDK would wait for the stream to return.
          client.on('streamsRemoved', ({ roomId, streams }) => {
            if (roomId === options.room && streams.some((each) => each.streamId === streamId)) {
              fail(new StreamEnded());
            }
          }),
          client.on('subscriptionChanged', ({ error, ...change }) => {
            if (change.streamId === streamId && change.state === 'ended') {
              fail(error ?? new StreamEnded());
            }
          }),
        ];
        return () => removals.forEach((remove) => remove());
      },
    }).catch((error: unknown) => {
      // The publisher has stopped: the file is complete.
      if (!(error instanceof StreamEnded)) {
        throw error;
      }
    });
  } finally {
    sinks.forEach((sink) => sink.stop());
    await closeClients([client]);
  }
  await file?.close();
  const audioSeconds = Math.round(counts.audioSeconds * 10) / 10;
  const result = {
    streamId,
    frames: counts.frames,
    audioSeconds,
    dropped: file?.dropped ?? 0,
    output: options.output,
  };
  output.result(result, () =>
    [
      `Played ${streamId}: ${counts.frames} frames and ${audioSeconds} s of audio`,
      options.output === undefined ? '.' : `, in ${options.output}.`,
    ].join(''),
  );
}

class StreamEnded extends Error {}

/** The named stream, or the first one, as soon as the room shows it. */
async function findStream(
  client: Client,
  { room, stream, wait }: PlayOptions,
  signal: AbortSignal,
): Promise<RoomStreamInfo> {
  const isWanted = ({ kinds, streamId }: RoomStreamInfo): boolean =>
    stream === undefined ? kinds.some((kind) => kind !== 'data') : streamId === stream;
  return new Promise((resolve, reject) => {
    const what = stream === undefined ? 'a stream' : `the stream ${stream}`;
    const timer = setTimeout(
      () =>
        reject(
          new Failure(`the room ${room} does not show ${what}`, {
            cure: `see polyroom rooms streams ${room}`,
          }),
        ),
      wait,
    );
    const look = (): void => {
      const found = client.streams(room).find(isWanted);
      if (found !== undefined || signal.aborted) {
        clearTimeout(timer);
      }
      if (found !== undefined) {
        resolve(found);
      } else if (signal.aborted) {
        reject(new Failure('interrupted'));
      }
    };
    client.on('streamsAdded', look);
    client.on('streamChanged', look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
}
