import { Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { recorderRpc, type RecordingView } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { Audited } from './audit/audited.decorator.js';
import { AuthorityGuard, Statement } from './authority/authority.guard.js';
import { Requires } from './authority/requires.decorator.js';
import {
  appPath,
  type AppPath,
  recordingPath,
  type RecordingPath,
  roomPath,
  type RoomPath,
  streamPath,
  type StreamPath,
} from './rest-params.js';

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
