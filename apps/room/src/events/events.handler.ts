import { Controller } from '@nestjs/common';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { EventDrain } from './event-drain.js';

/** Events of other services. */
@Controller()
export class EventsHandler {
  constructor(private readonly drain: EventDrain) {}

  @RpcHandler(roomRpc.logEvent)
  async log({
    appId,
    roomId,
    userId,
    ...event
  }: ParsedRequestOf<typeof roomRpc.logEvent>): Promise<ReplyOf<typeof roomRpc.logEvent>> {
    await this.drain.logNow(
      { appId, ...(roomId === undefined ? {} : { roomId }), ...(userId === undefined ? {} : { userId }) },
      [event],
    );
    return {};
  }
}
