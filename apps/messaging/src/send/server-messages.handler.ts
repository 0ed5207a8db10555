import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { messagingRpc, type ParsedRequestOf } from '@polyroom/contracts';
import { SendRules } from './send-rules.js';

@Controller()
export class ServerMessagesHandler {
  constructor(private readonly rules: SendRules) {}

  @RpcHandler(messagingRpc.countServerMessage)
  async count({ appId }: ParsedRequestOf<typeof messagingRpc.countServerMessage>): Promise<object> {
    await this.rules.countServerMessage(appId);
    return {};
  }

  @RpcHandler(messagingRpc.countDeletion)
  async countDeletion({ appId }: ParsedRequestOf<typeof messagingRpc.countDeletion>): Promise<object> {
    await this.rules.countServerMessage(appId);
    return {};
  }
}
