import { Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { recorderRpc, type RecordingView } from '@polyroom/contracts';
import { AdminGuard } from './admin.guard.js';
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
@Controller('v1/admin/apps/:appId')
@UseGuards(AdminGuard)
export class RecordingsController {
  constructor(private readonly bus: Bus) {}

  /** Records one stream, in whichever rooms it is shared. */
  @Post('streams/:streamId/recordings')
  recordStream(@Param({ schema: streamPath }) stream: StreamPath): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, stream);
  }

  /** Records every stream of a room, current and later ones. */
  @Post('rooms/:roomId/recordings')
  recordRoom(@Param({ schema: roomPath }) room: RoomPath): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, room);
  }

  @Get('recordings')
  list(@Param({ schema: appPath }) { appId }: AppPath): Promise<{ recordings: RecordingView[] }> {
    return this.bus.request(recorderRpc.listRecordings, { appId });
  }

  /** Answers when the files are complete. */
  @Delete('recordings/:recordingId')
  end(@Param({ schema: recordingPath }) recording: RecordingPath): Promise<{ streams: number }> {
    return this.bus.request(recorderRpc.endRecording, recording);
  }
}
