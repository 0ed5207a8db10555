import { Controller } from '@nestjs/common';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { gatewayRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { RecordingOrders } from './recording-orders.js';

/** What other gateways ask for the recordings that this one follows. */
@Controller()
export class RecordingHandler {
  constructor(private readonly orders: RecordingOrders) {}

  @NodeRpcHandler(gatewayRpc.endRecordingOrder)
  async end({
    appId,
    recordingId,
  }: ParsedRequestOf<typeof gatewayRpc.endRecordingOrder>): Promise<
    ReplyOf<typeof gatewayRpc.endRecordingOrder>
  > {
    return { streams: await this.orders.endHere(appId, recordingId) };
  }
}
