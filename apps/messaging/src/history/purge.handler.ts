import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { MessageLog } from '../log/message-log.js';

@Controller()
export class PurgeHandler {
  constructor(private readonly log: MessageLog) {}

  /** Deletes the messages of an AppID that is being deleted. */
  @RpcHandler(messagingRpc.purgeApp)
  async purge({
    appId,
  }: ParsedRequestOf<typeof messagingRpc.purgeApp>): Promise<ReplyOf<typeof messagingRpc.purgeApp>> {
    await this.log.purge(appId);
    return {};
  }
}
