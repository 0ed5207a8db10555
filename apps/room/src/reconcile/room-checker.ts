import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from '@polyroom/observability';
import { type Due, type RoomMember, RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { PeriodicWork } from '../periodic-work.js';
import { roomMetrics } from '../room-metrics.js';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';
import { loggerToken } from '../tokens.js';

/** How often each room is looked at. */
export const roomCheckEveryMs = 30_000;
const everyMs = 1000;
const retryMs = 20_000;
const batchSize = 20;

/**
 * Looks at each room now and then: a seat whose user has no slot for it is nobody's, and a room that is
 * empty and need not stay is over. Neither should ever be; a process that died in the middle, or a Redis
 * that lost its last second, can leave them.
 */
@Injectable()
export class RoomChecker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;

  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({ everyMs, name: 'checking rooms', logger, run: () => this.look() });
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
      await this.store.leases.dropRoom(due);
      await this.store.quotas.countOut(appId, 'rooms', roomId);
    } else {
      await this.store.leases.remindOfRoom(appId, roomId, roomCheckEveryMs);
    }
  }

  private async checkMember(appId: number, roomId: string, member: RoomMember): Promise<void> {
    const { userId, sessionId, epoch } = member;
    // The slot is taken before the seat and given up after it: a seat without a slot is left over. Should
    // it be left just now, leaving it again changes nothing.
    if (await this.store.reader.hasSlot(appId, userId, roomId, sessionId, epoch)) {
      return;
    }
    this.logger.warn({ appId, roomId, userId, sessionId }, 'seat without a slot');
    roomMetrics.repairs.inc({ kind: 'seat' });
    const session = { appId, userId, sessionId };
    await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
  }
}
