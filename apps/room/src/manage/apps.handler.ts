import { Controller, Inject } from '@nestjs/common';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { type ParsedRequestOf, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { EventDrain } from '../events/event-drain.js';
import { RoomCloser } from './room-closer.js';

/** Bounds the duration of one request; the caller repeats it. */
const maxRoomsAtOnce = 200;

/** The deletion of AppIDs. */
@Controller()
export class AppsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly closer: RoomCloser,
    private readonly events: EventDrain,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(roomAdminRpc.closeApp)
  async close({
    appId,
  }: ParsedRequestOf<typeof roomAdminRpc.closeApp>): Promise<ReplyOf<typeof roomAdminRpc.closeApp>> {
    const roomIds = await this.store.apps.listRooms(appId, maxRoomsAtOnce);
    let members = 0;
    for (const roomId of roomIds) {
      members += await this.closer.close(appId, roomId, undefined);
      await this.store.leases.forgetRoom(appId, roomId);
    }
    const isComplete = roomIds.length === 0;
    if (isComplete) {
      const keys = await this.store.apps.deleteKeys(appId);
      await this.events.deleteLog(appId);
      this.logger.info({ appId, keys }, 'records of a deleted app removed');
    }
    return { rooms: roomIds.length, members, isComplete };
  }
}
