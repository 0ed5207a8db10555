import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type messagingRpc,
  type OrderedMessage,
  type RequestOf,
  roomRpc,
} from '@polyroom/contracts';

/** Records stored and deleted messages in the event log of their AppID. */
@Injectable()
export class MessageEvents {
  constructor(private readonly bus: Bus) {}

  /**
   * Resolves once the event is stored. Awaited before the sender gets its answer, so that every acknowledged message has
   * an event: a sender without an answer repeats the message, which is stored once, and its event, which is logged.
   */
  async log(message: messagingRpc.StoredSend, sent: { messageId: number; sentAtMs: number }): Promise<void> {
    const { appId, category, content, from, kind, roomId, to } = message;
    const { messageId, sentAtMs } = sent;
    await this.record({
      id: `msg_${shorten(roomId)}_${messageId}`,
      ...{ appId, roomId, type: 'message.sent' as const, atMs: sentAtMs },
      data: {
        ...{ messageId, kind, userId: from.userId, userName: from.userName, content, category },
        ...(to === undefined ? {} : { to }),
      },
    });
  }

  /** Resolves once the event is stored. Without the content. */
  async logDeletion(appId: number, roomId: string, { messageId, kind, from }: OrderedMessage): Promise<void> {
    await this.record({
      id: `msgdel_${shorten(roomId)}_${messageId}`,
      ...{ appId, roomId, type: 'message.deleted' as const, atMs: Date.now() },
      data: { messageId, kind, userId: from.userId, userName: from.userName },
    });
  }

  private async record(event: RequestOf<typeof roomRpc.logEvent>): Promise<void> {
    try {
      await this.bus.request(roomRpc.logEvent, event);
    } catch (error) {
      throw new AppError('IM_SEND_FAILED', { cause: error });
    }
  }
}

/** A room ID may be as long as the ID of an event. */
function shorten(roomId: string): string {
  return createHash('sha256').update(roomId).digest('hex').slice(0, 16);
}
