import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler, UsageReporter } from '@polyroom/nest-service';
import { messagingRpc, newId, type ParsedRequestOf, type ReplyOf, roomMessage } from '@polyroom/contracts';
import { AppServers } from '../hooks/app-servers.js';
import { SendRules } from './send-rules.js';

@Controller()
export class BarrageHandler {
  constructor(
    private readonly bus: Bus,
    private readonly rules: SendRules,
    @Inject(AppServers) private readonly appServers: AppServers,
    private readonly usage: UsageReporter,
  ) {}

  /** Publishes without order and without storage. */
  @RpcHandler(messagingRpc.sendBarrage)
  async send(
    @Payload() request: ParsedRequestOf<typeof messagingRpc.sendBarrage>,
    @Ctx() { authority }: RequestContext,
  ): Promise<ReplyOf<typeof messagingRpc.sendBarrage>> {
    const { appId, roomId, from, category } = request;
    await this.rules.check({ ...request, kind: 'barrage', viaServer: authority !== undefined });
    const content = await this.appServers.moderate({
      appId,
      roomId,
      kind: 'barrage',
      from,
      content: request.content,
    });
    const messageId = newId('message');
    this.bus.publish(
      roomMessage,
      { appId, roomId },
      { type: 'barrage', message: { messageId, sentAtMs: Date.now(), from, content, category } },
    );
    const messageBytes = Buffer.byteLength(request.content);
    this.usage.add({ appId, roomId, userId: from.userId }, { messages: 1, messageBytes });
    return { messageId };
  }
}
