import { Inject } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';
import { type ClientParams, type ClientResult, maxMessagesAtOnce, messagingRpc } from '@polyroom/contracts';
import { RoomFanout } from '../rooms/room-fanout.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';
import { getReader } from './speaker.js';

type Params = ClientParams<'message.history'>;
type Result = ClientResult<'message.history'>;

/** `message.history`: what a member missed in a room. */
@HandlesClientMethod('message.history', { emptyRoomIdError: 'IM_INCONSISTENT_ROOM_ID' })
export class MessageHistoryMethod implements MethodHandler<'message.history'> {
  constructor(
    private readonly bus: Bus,
    private readonly fanout: RoomFanout,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  async handle(request: MethodRequest, params: Params): Promise<Result> {
    const { roomId, limit = maxMessagesAtOnce, ...query } = params;
    const { appId, userId } = getReader(request, roomId).ref;
    return (
      (await this.findHere(appId, userId, params)) ??
      this.bus.request(messagingRpc.readHistory, { ...query, appId, roomId, userId, limit })
    );
  }

  /**
   * Answers from this gateway's recent messages; undefined if the log must be read. Unlike the log, counts deletions
   * among `historyMessages`, so it reads the log slightly earlier than necessary.
   */
  private async findHere(
    appId: number,
    userId: string,
    { roomId, epoch, sinceSeq, limit = maxMessagesAtOnce }: Params,
  ): Promise<Result | undefined> {
    const { historySeconds, historyMessages } = await this.entitlements.get(appId);
    const found = this.fanout.findMessagesAfter(appId, roomId, { epoch, seq: sinceSeq });
    const oldest = found?.messages[0];
    if (
      found === undefined ||
      sinceSeq > found.position.seq ||
      (oldest !== undefined &&
        (oldest.sentAtMs < Date.now() - historySeconds * 1000 ||
          oldest.seq <= found.position.seq - historyMessages))
    ) {
      return undefined;
    }
    const messages = found.messages.filter(({ to }) => to === undefined || to.includes(userId));
    return { position: found.position, gone: false, messages: messages.slice(0, limit) };
  }
}
