import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
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
  async permit({
    texts,
    viaServer,
    ...update
  }: ParsedRequestOf<typeof messagingRpc.permitUpdate>): Promise<ReplyOf<typeof messagingRpc.permitUpdate>> {
    if (viaServer === true) {
      await this.rules.countServerMessage(update.appId);
    } else {
      await this.rules.countUpdate(update);
    }
    const contents = texts.map((text) => this.appServers.moderate({ ...update, ...text }));
    return { contents: await Promise.all(contents) };
  }
}
