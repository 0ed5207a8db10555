import { Controller } from '@nestjs/common';
import { Bus, EntitlementCache, type LogEntry, MessageLog, RpcHandler } from '@polyroom/bus';
import {
  AppError,
  messagingRpc,
  type ParsedRequestOf,
  type ReplyOf,
  roomMessage,
  type User,
} from '@polyroom/contracts';
import { RateLimiter } from '../rate-limiter.js';

type SendRequest = ParsedRequestOf<typeof messagingRpc.sendBroadcast>;
type SendReply = ReplyOf<typeof messagingRpc.sendBroadcast>;

interface StoredMessage {
  from: User;
  content: string;
}

@Controller()
export class BroadcastHandler {
  constructor(
    private readonly bus: Bus,
    private readonly log: MessageLog,
    private readonly entitlements: EntitlementCache,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Sizes and rates, then the room's order: stored first, then told, so that what is heard is never lost.
   * Gateways put what several instances tell them in order by `seq`, and leave out the sender.
   */
  @RpcHandler(messagingRpc.sendBroadcast)
  async send(request: SendRequest): Promise<SendReply> {
    const { appId, roomId, from, content, clientMessageId } = request;
    if (content.length === 0) {
      throw new AppError('IM_CONTENT_NULL');
    }
    // Where the limits cannot be read this throws, and nothing is sent.
    const limits = await this.entitlements.get(appId);
    if (Buffer.byteLength(content, 'utf8') > limits.maxMessageBytes) {
      throw new AppError('IM_CONTENT_TOO_LONG', { details: { maxBytes: limits.maxMessageBytes } });
    }
    if (!this.limiter.take(`u ${appId} ${roomId} ${from.userId}`, limits.broadcastsPerUserPerSecond)) {
      throw new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD');
    }
    if (!this.limiter.take(`r ${appId} ${roomId}`, limits.broadcastsPerRoomPerSecond)) {
      throw new AppError('ROOM_CALL_API_TOO_FREQUENT');
    }
    const messageId = `${from.userId}\n${clientMessageId}`;
    const entry = await this.log.append<StoredMessage>(
      appId,
      roomId,
      messageId,
      { from, content },
      (stored) => {
        this.bus.publish(
          roomMessage,
          { appId, roomId },
          { appId, roomId, ...numbersOf(stored), ...stored.body },
        );
      },
    );
    return numbersOf(entry);
  }
}

function numbersOf({ seq, id, atMs }: LogEntry<StoredMessage>): SendReply {
  return { messageId: id, seq, sentAtMs: atMs };
}
