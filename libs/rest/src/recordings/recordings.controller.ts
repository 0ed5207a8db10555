import {
  Controller,
  Delete,
  Get,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiResponse } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { AppError, recorderRpc, recordingRpc, type RecordingView, type ReplyOf } from '@polyroom/contracts';
import { ApiOptionalHeader, ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import {
  AuthorityGuard,
  RenewedStatement,
  Statement,
  type StatementSource,
} from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { type Reply, setEtag } from '../etag.js';
import {
  matroska,
  type RangeHeaders,
  RangeRequest,
  readRange,
  streamFile,
  tagOf,
} from './recording-download.js';
import {
  appPath,
  type AppPath,
  limitText,
  recordingPath,
  type RecordingPath,
  roomPath,
  type RoomPath,
  streamPath,
  type StreamPath,
} from '../rest-params.js';

const { listRecordingFiles, readRecordingFile } = recorderRpc;

const filesQuery = z.object({
  cursor: recordingRpc.recordingPathSchema.optional(),
  limit: limitText(recordingRpc.mostListedFiles, 100),
});
const fileQuery = z.object({ path: recordingRpc.recordingPathSchema });

/** Recordings of streams and rooms. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class RecordingsController {
  constructor(private readonly bus: Bus) {}

  /** Records one stream, in whichever rooms it is shared. */
  @Post('streams/:streamId/recordings')
  @Requires('recordings:write')
  @Audited({
    action: 'recording.start',
    subject: ({ params }) => `stream:${params['streamId']}`,
    after: ({ reply }) => ({ recordingId: reply?.['recordingId'] }),
  })
  @ApiRoute('Records a stream.', recorderRpc.beginRecording, 201)
  recordStream(
    @Statement() statement: string,
    @Param({ schema: streamPath }) stream: StreamPath,
  ): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, stream, { statement });
  }

  /** Records every stream of a room, current and later ones. */
  @Post('rooms/:roomId/recordings')
  @Requires('recordings:write')
  @Audited({
    action: 'recording.start',
    subject: ({ params }) => `room:${params['roomId']}`,
    after: ({ reply }) => ({ recordingId: reply?.['recordingId'] }),
  })
  @ApiRoute('Records all streams of a room, current and later ones.', recorderRpc.beginRecording, 201)
  recordRoom(
    @Statement() statement: string,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, room, { statement });
  }

  @Get('recordings')
  @Requires('recordings:read')
  @ApiRoute('Lists the recordings in progress.', recorderRpc.listRecordings)
  list(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<{ recordings: RecordingView[] }> {
    return this.bus.request(recorderRpc.listRecordings, { appId }, { statement });
  }

  @Get('recordings/files')
  @Requires('recordings:read')
  @ApiRoute('Lists complete files on the media nodes that answer, newest first.', listRecordingFiles)
  listFiles(
    @Statement() statement: string,
    @Query({ schema: filesQuery }) query: z.output<typeof filesQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof listRecordingFiles>> {
    return this.bus.request(listRecordingFiles, { ...query, appId }, { statement });
  }

  @Get('recordings/:recordingId/file')
  @Requires('recordings:read')
  @ApiProduces(matroska)
  @ApiOptionalHeader('Range', 'One range of bytes, to continue a download.')
  @ApiOptionalHeader('If-Range', 'The ETag of the file that the range continues.')
  @ApiRoute('Downloads a complete file.', {
    reply: z.string().meta({ format: 'binary' }),
    errors: [...readRecordingFile.errors, 'REST_RANGE_NOT_SATISFIABLE'],
  })
  @ApiResponse({ status: 206, description: 'The range.' })
  async download(
    @RenewedStatement() source: StatementSource,
    @RangeRequest() headers: RangeHeaders,
    @Res({ passthrough: true }) reply: Reply & { code(status: number): unknown },
    @Query({ schema: fileQuery }) { path }: z.output<typeof fileQuery>,
    @Param({ schema: recordingPath }) { appId, recordingId }: RecordingPath,
  ): Promise<StreamableFile> {
    const readPart = async (offset: number, length: number, nodeId?: string) =>
      this.bus.request(
        readRecordingFile,
        { appId, recordingId, path, offset, length, ...(nodeId === undefined ? {} : { nodeId }) },
        { statement: await source() },
      );
    // Before the reply starts, so that its errors have a status.
    const { file, nodeId } = await readPart(0, 0);
    const range = readRange(headers, file);
    setEtag(reply, tagOf(file));
    reply.header('accept-ranges', 'bytes');
    if (range === 'unsatisfiable') {
      reply.header('content-range', `bytes */${file.bytes}`);
      throw new AppError('REST_RANGE_NOT_SATISFIABLE', { details: { path: 'range', bytes: file.bytes } });
    }
    if (range !== undefined) {
      reply.code(206);
      reply.header('content-range', `bytes ${range.first}-${range.last}/${file.bytes}`);
    }
    return streamFile(file, range ?? { first: 0, last: file.bytes - 1 }, async (offset, length) =>
      Buffer.from((await readPart(offset, length, nodeId)).data, 'base64'),
    );
  }

  /** Answers when the files are complete. */
  @Delete('recordings/:recordingId')
  @Requires('recordings:write')
  @Audited({
    action: 'recording.stop',
    subject: ({ params }) => `recording:${params['recordingId']}`,
    after: ({ reply }) => ({ streams: reply?.['streams'] }),
  })
  @ApiRoute('Ends a recording; answers when the files are complete.', recorderRpc.endRecording)
  end(
    @Statement() statement: string,
    @Param({ schema: recordingPath }) recording: RecordingPath,
  ): Promise<{ streams: number }> {
    return this.bus.request(recorderRpc.endRecording, recording, { statement });
  }
}
