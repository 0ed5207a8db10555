import { Controller } from '@nestjs/common';
import { type RequestContext } from '@polyroom/bus';
import { type ParsedRequestOf, recorderRpc, type ReplyOf } from '@polyroom/contracts';
import { Ctx, NodeRpcHandler, Payload, RpcHandler } from '@polyroom/nest-service';
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
  async end(
    @Payload() { appId, recordingId }: ParsedRequestOf<typeof endRecording>,
    @Ctx() { statement }: RequestContext,
  ): Promise<ReplyOf<typeof endRecording>> {
    return { streams: await this.orders.end(appId, recordingId, statement!) };
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
