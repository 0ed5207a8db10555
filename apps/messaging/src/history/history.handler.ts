import { Controller } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { messagingRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { MessageLog } from '../log/message-log.js';

function parseCursor(cursor: string): { epoch: string; seq: number } {
  const end = cursor.lastIndexOf('.');
  return { epoch: cursor.slice(0, end), seq: Number(cursor.slice(end + 1)) };
}

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

  /** Reads messages page by page for an application server, within the same limits. */
  @RpcHandler(messagingRpc.listMessages)
  async list({
    appId,
    roomId,
    cursor,
    limit,
  }: ParsedRequestOf<typeof messagingRpc.listMessages>): Promise<ReplyOf<typeof messagingRpc.listMessages>> {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const request = { appId, roomId, epoch: after?.epoch ?? '', sinceSeq: after?.seq ?? 0, limit };
    const { position, gone, messages } = await this.read(request);
    const last = messages.at(-1)?.seq;
    return {
      messages,
      ...(last === undefined || last >= position.seq ? {} : { next: `${position.epoch}.${last}` }),
      // Without a cursor nothing was expected.
      gone: after !== undefined && gone,
    };
  }
}
