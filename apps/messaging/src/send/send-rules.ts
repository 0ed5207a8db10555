import { Injectable } from '@nestjs/common';
import { RateLimiter } from '@polyroom/async';
import { EntitlementCache } from '@polyroom/bus';
import { AppError, type Entitlements, isReservedId, type messagingRpc, type User } from '@polyroom/contracts';

type UpdateKind = messagingRpc.UpdateKind;

/** The properties of a message that sizes and rates depend on. */
export interface RuledMessage {
  appId: number;
  roomId: string;
  from: User;
  kind: messagingRpc.StoredSend['kind'] | 'barrage';
  /** Sent by an application server and already counted (`countServerMessage`). */
  viaServer: boolean;
  content: string;
  to?: string[] | undefined;
  mode?: messagingRpc.StoredSend['mode'];
}

/** Sender, room and kind of an update that is not a message. */
interface RuledUpdate {
  appId: number;
  roomId: string;
  from: User;
  kind: UpdateKind;
  /** Texts that it changes: each counts. */
  count: number;
}

/** Enforces the size and rate limits of an AppID. */
@Injectable()
export class SendRules {
  constructor(
    private readonly entitlements: EntitlementCache,
    private readonly limiter: RateLimiter,
  ) {}

  /** Throws if the message exceeds a limit, or if the limits cannot be read. */
  async check(message: RuledMessage): Promise<void> {
    if (!message.viaServer) {
      assertIsUser(message.from);
    }
    if (message.content.length === 0) {
      throw new AppError('IM_CONTENT_NULL');
    }
    const limits = await this.entitlements.get(
      message.appId,
      message.viaServer ? undefined : message.from.userId,
    );
    checkSize(message, limits);
    this.checkRates(message, limits);
  }

  /** Messages of application servers are counted per AppID, across rooms. */
  async countServerMessage(appId: number, count = 1): Promise<void> {
    const { serverMessagesPerSecond } = await this.entitlements.get(appId);
    this.take(`app ${appId}`, serverMessagesPerSecond, 'APP_CALL_TOO_FREQUENT', count);
  }

  /** Throws if the sender or the room has too many updates. The contracts limit their sizes. */
  async countUpdate({ appId, roomId, from, kind, count }: RuledUpdate): Promise<void> {
    assertIsUser(from);
    const limits = await this.entitlements.get(appId, from.userId);
    const room = `${appId} ${roomId}`;
    this.takeOfSender(room, from, limits, count);
    if (kind === 'attribute') {
      this.takeOfRoom(`a ${room}`, limits.attributeChangesPerRoomPerSecond, count);
    }
  }

  private checkRates(message: RuledMessage, limits: Entitlements): void {
    const { appId, roomId, from, kind, viaServer, to, mode } = message;
    const room = `${appId} ${roomId}`;
    if (viaServer) {
      return;
    }
    switch (kind) {
      case 'broadcast':
        this.take(
          `u ${room} ${from.userId}`,
          limits.broadcastsPerUserPerSecond,
          'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
        );
        this.takeOfRoom(`r ${room}`, limits.broadcastsPerRoomPerSecond);
        break;
      case 'barrage':
        this.takeOfRoom(`b ${room}`, limits.barragesPerRoomPerSecond);
        break;
      case 'command':
        if (to?.length === 1) {
          this.takeOfRoom(`1 ${room}`, limits.commandsToOnePerRoomPerSecond);
        } else {
          this.takeOfRoom(`n ${room}`, limits.commandsToManyPerRoomPerSecond);
        }
        break;
      case 'transparent':
        if (mode !== 'server') {
          this.takeOfSender(room, from, limits);
        }
        this.takeOfRoom(`t ${room}`, limits.transparentsPerRoomPerSecond);
        break;
    }
  }

  /** One rate per user for all kinds without a rate of their own. */
  private takeOfSender(room: string, from: User, limits: Entitlements, count = 1): void {
    this.take(
      `s ${room} ${from.userId}`,
      limits.updatesPerUserPerSecond,
      'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
      count,
    );
  }

  private takeOfRoom(key: string, perSecond: number, count = 1): void {
    this.take(key, perSecond, 'ROOM_CALL_API_TOO_FREQUENT', count);
  }

  private take(
    key: string,
    perSecond: number,
    error: 'IM_BROADCAST_MESSAGE_QPS_OVERLOAD' | 'ROOM_CALL_API_TOO_FREQUENT' | 'APP_CALL_TOO_FREQUENT',
    count = 1,
  ): void {
    if (!this.limiter.take(key, perSecond, Date.now(), count)) {
      throw new AppError(error, { details: { perSecond } });
    }
  }
}

/** Only an application server, with a statement, speaks as the system. */
function assertIsUser({ userId }: User): void {
  if (isReservedId(userId)) {
    throw new AppError('AUTHORITY_INVALID', { cause: new Error(`${userId} needs a statement`) });
  }
}

function checkSize({ kind, content }: RuledMessage, limits: Entitlements): void {
  if (kind === 'transparent') {
    if (Buffer.byteLength(content, 'base64') > limits.maxTransparentBytes) {
      throw new AppError('IM_INPUT_PARAMS_LENGTH_LIMIT', {
        details: { maxBytes: limits.maxTransparentBytes },
      });
    }
    return;
  }
  if (Buffer.byteLength(content, 'utf8') > limits.maxMessageBytes) {
    throw new AppError(kind === 'command' ? 'IM_INPUT_PARAMS_LENGTH_LIMIT' : 'IM_CONTENT_TOO_LONG', {
      details: { maxBytes: limits.maxMessageBytes },
    });
  }
}
