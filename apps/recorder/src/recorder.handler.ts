import { Controller } from '@nestjs/common';
import { type ParsedRequestOf, recorderRpc, type ReplyOf } from '@polyroom/contracts';
import { NodeRpcHandler, RpcHandler } from '@polyroom/nest-service';
import { RecordingOrders } from './orders/recording-orders.js';

const { beginRecording, endOwnRecording, endRecording, listRecordings } = recorderRpc;

@Controller()
export class RecorderHandler {
  constructor(private readonly orders: RecordingOrders) {}

  @RpcHandler(beginRecording)
  begin(target: ParsedRequestOf<typeof beginRecording>): Promise<ReplyOf<typeof beginRecording>> {
    return this.orders.begin(target);
  }

  @RpcHandler(endRecording)
  async end({
    appId,
    recordingId,
  }: ParsedRequestOf<typeof endRecording>): Promise<ReplyOf<typeof endRecording>> {
    return { streams: await this.orders.end(appId, recordingId) };
  }

  @NodeRpcHandler(endOwnRecording)
  async endOwn({
    appId,
    recordingId,
  }: ParsedRequestOf<typeof endOwnRecording>): Promise<ReplyOf<typeof endOwnRecording>> {
    return { streams: await this.orders.endOwn(appId, recordingId) };
  }

  @RpcHandler(listRecordings)
  async list({ appId }: ParsedRequestOf<typeof listRecordings>): Promise<ReplyOf<typeof listRecordings>> {
    return { recordings: await this.orders.list(appId) };
  }
}
