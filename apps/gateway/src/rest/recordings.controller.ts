import { Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  appIdSchema,
  parseArgument,
  recorderRpc,
  recordingIdSchema,
  type RecordingView,
  roomIdSchema,
  streamIdSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { AdminGuard } from './admin.guard.js';

const appIdText = z.coerce.number().pipe(appIdSchema);

/** What operators have written to files. */
@Controller('v1/admin/apps/:appId')
@UseGuards(AdminGuard)
export class RecordingsController {
  constructor(private readonly bus: Bus) {}

  /** One stream, in whichever rooms it is shown. */
  @Post('streams/:streamId/recordings')
  recordStream(@Param('appId') appId: string, @Param('streamId') streamId: string): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, {
      appId: parseArgument('appId', appIdText, appId),
      streamId: parseArgument('streamId', streamIdSchema, streamId),
    });
  }

  /** Every stream that the room shows, now and as long as it is there. */
  @Post('rooms/:roomId/recordings')
  recordRoom(@Param('appId') appId: string, @Param('roomId') roomId: string): Promise<RecordingView> {
    return this.bus.request(recorderRpc.beginRecording, {
      appId: parseArgument('appId', appIdText, appId),
      roomId: parseArgument('roomId', roomIdSchema, roomId),
    });
  }

  @Get('recordings')
  list(@Param('appId') appId: string): Promise<{ recordings: RecordingView[] }> {
    return this.bus.request(recorderRpc.listRecordings, { appId: parseArgument('appId', appIdText, appId) });
  }

  /** Answers when the files are complete. */
  @Delete('recordings/:recordingId')
  end(
    @Param('appId') appId: string,
    @Param('recordingId') recordingId: string,
  ): Promise<{ streams: number }> {
    return this.bus.request(recorderRpc.endRecording, {
      appId: parseArgument('appId', appIdText, appId),
      recordingId: parseArgument('recordingId', recordingIdSchema, recordingId),
    });
  }
}
