import { Controller } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { MessageLog } from '../log/message-log.js';
import { MessageEvents } from './message-events.js';

@Controller()
export class DeletionHandler {
  constructor(
    private readonly log: MessageLog,
    private readonly entitlements: EntitlementCache,
    private readonly events: MessageEvents,
  ) {}

  /** Acknowledged once the deletion is stored. A repetition logs its event again, in case the first one was not stored. */
  @RpcHandler(messagingRpc.deleteMessage)
  async delete({
    appId,
    roomId,
    messageId,
  }: ParsedRequestOf<typeof messagingRpc.deleteMessage>): Promise<
    ReplyOf<typeof messagingRpc.deleteMessage>
  > {
    const { messageEvents } = await this.entitlements.get(appId);
    const deleted = await this.log.delete(appId, roomId, messageId);
    if (deleted === undefined) {
      throw new AppError('IM_MESSAGE_NOT_FOUND');
    }
    if (messageEvents) {
      await this.events.logDeletion(appId, roomId, deleted);
    }
    return {};
  }
}
