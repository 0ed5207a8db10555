import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { type Logger } from '@polyroom/observability';
import { type Due, type RoomMember, RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { roomMetrics } from '../room-metrics.js';
import { streamRemovedReasons } from '../room-facts.js';
import { GatewayCheck } from '../sessions/gateway-check.js';
import { SessionEnder } from '../sessions/session-ender.js';
import { LOGGER } from '@polyroom/nest-service';

/** Interval between two checks of a room. */
export const roomCheckEveryMs = 30_000;
const everyMs = 1000;
const retryMs = 20_000;
const batchSize = 20;

/**
 * Checks each room periodically. Ends memberships whose user has no slot for them, deletes rooms that are empty
 * and need not stay, and returns live sessions to the list of their gateway. All are left behind only by a
 * process that crashes or stops between two steps, or by a Redis that lost its last second of writes.
 */
@Injectable()
export class RoomChecker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;

  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    private readonly gateways: GatewayCheck,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: everyMs,
      // Instances that run at the same time would take the same entries.
      jitter: 0.5,
      run: () => this.look(),
      onError: (error) => logger.error({ err: error }, 'checking rooms failed; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.work.close();
  }

  private async look(): Promise<void> {
    const due = await this.store.leases.takeRoomsToCheck(retryMs);
    await inBatches(due, batchSize, (room) => this.check(room));
  }

  private async check(due: Due<{ appId: number; roomId: string }>): Promise<void> {
    const { appId, roomId } = due.value;
    let cursor = '0';
    do {
      const page = await this.store.reader.listMembers(appId, roomId, cursor);
      await Promise.all(page.members.map((member) => this.checkMember(appId, roomId, member)));
      ({ cursor } = page);
    } while (cursor !== '0');
    if (await this.store.room.sweep(appId, roomId)) {
      await this.store.quotas.countOut(appId, 'rooms', roomId);
      // Last, so that a crash in between leaves a check. A room that was created again needs one too.
      if (await this.store.roomList.drop(appId, roomId)) {
        await this.store.leases.dropRoom(due);
      }
    } else {
      await this.store.leases.remindOfRoom(appId, roomId, roomCheckEveryMs);
      // Missing if the process that created the room crashed before it was listed.
      await this.store.roomList.add(appId, roomId);
    }
  }

  private async checkMember(appId: number, roomId: string, member: RoomMember): Promise<void> {
    const { userId, sessionId, epoch } = member;
    // The slot is reserved before the membership and released after it, so a membership without a slot is
    // stale. A logout in progress is no problem: leaving is idempotent.
    if (await this.store.reader.hasSlot(appId, userId, roomId, sessionId, epoch)) {
      await this.gateways.check({ appId, userId, sessionId });
      return;
    }
    this.logger.warn({ appId, roomId, userId, sessionId }, 'membership without a slot');
    roomMetrics.repairs.inc({ kind: 'membership' });
    const session = { appId, userId, sessionId };
    await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
  }
}
