import { Controller, Inject } from '@nestjs/common';
import { type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import { messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { AppServers } from '../hooks/app-servers.js';
import { SendRules } from './send-rules.js';

/** Applies the rules of messages to updates that are not messages but reach members, before they are made. */
@Controller()
export class UpdatesHandler {
  constructor(
    private readonly rules: SendRules,
    @Inject(AppServers) private readonly appServers: AppServers,
  ) {}

  @RpcHandler(messagingRpc.permitUpdate)
  async permit(
    @Payload() { texts, ...update }: ParsedRequestOf<typeof messagingRpc.permitUpdate>,
    @Ctx() { authority }: RequestContext,
  ): Promise<ReplyOf<typeof messagingRpc.permitUpdate>> {
    if (authority !== undefined) {
      await this.rules.countServerMessage(update.appId, texts.length);
    } else {
      await this.rules.countUpdate({ ...update, count: texts.length });
    }
    const contents = texts.map((text) => this.appServers.moderate({ ...update, ...text }));
    return { contents: await Promise.all(contents) };
  }
}
