import { Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { appIdSchema, gatewayRpc, parseArgument, roomIdSchema, streamIdSchema } from '@polyroom/contracts';
import { z } from 'zod';
import { RecordingOrders, type RecordingView } from '../recordings/recording-orders.js';
import { AdminGuard } from './admin.guard.js';

const appIdText = z.coerce.number().pipe(appIdSchema);
const { recordingId: recordingIdSchema } = gatewayRpc.endRecordingOrder.request.shape;

/** What operators have written to files. */
@Controller('v1/admin/apps/:appId')
@UseGuards(AdminGuard)
export class RecordingsController {
  constructor(private readonly orders: RecordingOrders) {}

  /** One stream, in whichever rooms it is shown. */
  @Post('streams/:streamId/recordings')
  recordStream(@Param('appId') appId: string, @Param('streamId') streamId: string): Promise<RecordingView> {
    return this.orders.begin({
      appId: parseArgument('appId', appIdText, appId),
      streamId: parseArgument('streamId', streamIdSchema, streamId),
    });
  }

  /** Every stream that the room shows, now and as long as it is there. */
  @Post('rooms/:roomId/recordings')
  recordRoom(@Param('appId') appId: string, @Param('roomId') roomId: string): Promise<RecordingView> {
    return this.orders.begin({
      appId: parseArgument('appId', appIdText, appId),
      roomId: parseArgument('roomId', roomIdSchema, roomId),
    });
  }

  @Get('recordings')
  async list(@Param('appId') appId: string): Promise<{ recordings: RecordingView[] }> {
    return { recordings: await this.orders.list(parseArgument('appId', appIdText, appId)) };
  }

  /** Answers when the files are complete. */
  @Delete('recordings/:recordingId')
  async end(
    @Param('appId') appId: string,
    @Param('recordingId') recordingId: string,
  ): Promise<{ streams: number }> {
    const streams = await this.orders.end(
      parseArgument('appId', appIdText, appId),
      parseArgument('recordingId', recordingIdSchema, recordingId),
    );
    return { streams };
  }
}
