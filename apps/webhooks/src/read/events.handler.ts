import { Controller } from '@nestjs/common';
import { EventLog } from '@polyroom/bus';
import { AppError, type ParsedRequestOf, type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';

/** The event log, for application servers that read it. */
@Controller()
export class EventsHandler {
  constructor(private readonly log: EventLog) {}

  @RpcHandler(webhooksRpc.readEvents)
  async read({
    appId,
    after,
    fromMs,
    room: roomId,
    user: userId,
    limit,
  }: ParsedRequestOf<typeof webhooksRpc.readEvents>): Promise<ReplyOf<typeof webhooksRpc.readEvents>> {
    const owner = roomId !== undefined ? { roomId } : userId !== undefined ? { userId } : undefined;
    try {
      const from = after ?? (fromMs === undefined ? undefined : await this.log.findTime(appId, fromMs));
      const { events, gone } = await this.log.read(appId, { after: from, owner, limit });
      // Entries are read whole; the next page continues within one.
      const page = events.slice(0, limit);
      const next = page.at(-1)?.cursor;
      return { events: page, gone, ...(next === undefined ? {} : { next }) };
    } catch (error) {
      throw new AppError('BUS_UNAVAILABLE', { cause: error });
    }
  }
}
