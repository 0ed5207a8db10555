import { Controller } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { MessageLog } from '../log/message-log.js';

@Controller()
export class HistoryHandler {
  constructor(
    private readonly log: MessageLog,
    private readonly entitlements: EntitlementCache,
  ) {}

  /** Reads messages within the AppID's history limits. */
  @RpcHandler(messagingRpc.readHistory)
  async read({
    appId,
    roomId,
    ...query
  }: ParsedRequestOf<typeof messagingRpc.readHistory>): Promise<ReplyOf<typeof messagingRpc.readHistory>> {
    const { historySeconds, historyMessages } = await this.entitlements.get(appId);
    return this.log.read(appId, roomId, {
      ...query,
      maxAgeMs: historySeconds * 1000,
      maxMessages: historyMessages,
    });
  }
}
