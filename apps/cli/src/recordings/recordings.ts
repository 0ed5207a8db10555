import { pages, type Resources } from '@polyroom/server-sdk';
import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { UsageError } from '../output/failure.js';
import { dateTime, table } from '../output/table.js';
import { type RunCommand } from '../run-command.js';

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
        const server = await settings.serverOfApp();
        const found: Resources['RecordedFile'][] = [];
        for await (const page of pages((position) => server.recordings.listFiles(position))) {
          found.push(...page.files);
        }
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
  examples(group, [
    ['polyroom recordings start --room stage', 'prints the ID of the recording'],
    ['polyroom recordings files', 'the console and the REST API download them'],
  ]);
}
