import { mkdir } from 'node:fs/promises';
import { pages, type PolyroomServer, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { Failure, UsageError } from '../output/failure.js';
import { dateTime, table } from '../output/table.js';
import { type Context, type RunCommand } from '../run-command.js';
import { downloadFile } from './download-file.js';

export function addRecordings(program: Command, runCommand: RunCommand): void {
  const group = program.command('recordings').description('recordings of rooms and streams');
  const list = group
    .command('list')
    .description('list the recordings in progress')
    .action(() =>
      runCommand(list, async ({ output, settings }) => {
        const { recordings } = await (await settings.serverOfApp()).recordings.list();
        output.result({ recordings }, () =>
          table(
            ['RECORDING', 'OF', 'STREAMS'],
            recordings.map((recording) => [
              recording.recordingId,
              recording.roomId === undefined ? `stream ${recording.streamId}` : `room ${recording.roomId}`,
              recording.recordings.length,
            ]),
          ),
        );
      }),
    );
  const files = group
    .command('files')
    .description('list the complete files, newest first')
    .action(() =>
      runCommand(files, async ({ output, settings }) => {
        const found = await listFiles(await settings.serverOfApp());
        output.result({ files: found }, () =>
          table(
            ['RECORDING', 'STREAM', 'STARTED', 'BYTES', 'PATH'],
            found.map((file) => [
              file.recordingId,
              file.streamId,
              dateTime(file.startedAtMs),
              file.bytes,
              file.path,
            ]),
          ),
        );
      }),
    );
  const start = group
    .command('start')
    .description('record a room with its current and later streams, or one stream')
    .option('--room <room>', 'room ID')
    .option('--stream <stream>', 'stream ID')
    .action(({ room, stream }: { room?: string; stream?: string }) =>
      runCommand(start, async ({ output, settings }) => {
        if ((room === undefined) === (stream === undefined)) {
          throw new UsageError('name either --room or --stream');
        }
        const { recordings } = await settings.serverOfApp();
        const recording =
          room === undefined
            ? await recordings.recordStream({ streamId: stream! })
            : await recordings.recordRoom({ roomId: room });
        output.result(recording, () => `Recording ${recording.recordingId}.`);
      }),
    );
  const stop = group
    .command('stop')
    .description('end a recording; returns when its files are complete')
    .argument('<recording>', 'recording ID')
    .action((recordingId: string) =>
      runCommand(stop, async ({ output, settings }) => {
        const reply = await (await settings.serverOfApp()).recordings.end({ recordingId });
        output.result(reply, () => `Ended; ${reply.streams} streams were recorded.`);
      }),
    );
  const download = group
    .command('download')
    .description('download the complete files of a recording; continues where an earlier download has ended')
    .argument('<recording>', 'recording ID')
    .option('--stream <stream>', 'only the files of one stream')
    .option('--output <folder>', 'folder for the files', '.')
    .action((recordingId: string, options: DownloadOptions) =>
      runCommand(download, (context) => downloadFiles(context, recordingId, options)),
    );
  examples(group, [
    ['polyroom recordings start --room stage', 'prints the ID of the recording'],
    ['polyroom recordings files', 'lists what can be downloaded'],
    ['polyroom recordings download rc_nd-1_0f1e2d3c --output lessons', 'all files of a recording'],
  ]);
}

interface DownloadOptions {
  stream?: string;
  output: string;
}

async function listFiles(server: PolyroomServer): Promise<Resources['RecordedFile'][]> {
  const found: Resources['RecordedFile'][] = [];
  for await (const page of pages((position) => server.recordings.listFiles(position))) {
    found.push(...page.files);
  }
  return found;
}

async function downloadFiles(
  { output, settings, signal }: Context,
  recordingId: string,
  { output: folder, stream }: DownloadOptions,
): Promise<void> {
  const all = await listFiles(await settings.serverOfApp());
  const wanted = all.filter(
    (file) => file.recordingId === recordingId && (stream === undefined || file.streamId === stream),
  );
  if (wanted.length === 0) {
    throw new Failure(
      stream === undefined
        ? `the recording ${recordingId} has no complete file`
        : `the recording ${recordingId} has no complete file of the stream ${stream}`,
      {
        cure: 'see polyroom recordings files; a recording in progress has none before polyroom recordings stop',
      },
    );
  }
  await mkdir(folder, { recursive: true });
  const source = {
    url: await settings.url(),
    apiKey: await settings.apiKey(),
    appId: await settings.appId(),
  };
  const files: { path: string; bytes: number; streamId: string }[] = [];
  for (const file of wanted) {
    const path = await downloadFile(source, file, folder, signal);
    files.push({ path, bytes: file.bytes, streamId: file.streamId });
    output.note(`${path} is complete`);
  }
  output.result({ files }, () =>
    table(
      ['STREAM', 'BYTES', 'FILE'],
      files.map(({ bytes, path, streamId }) => [streamId, bytes, path]),
    ),
  );
}
