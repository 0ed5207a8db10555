import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, clientCloseCodes, type ReplyOf, roomRpc, type SessionRef } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { sessionMetrics } from '../session-metrics.js';
import { type SessionConfig } from '../session.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { SESSION_CONFIG } from '../session.config.js';
import { type ClientSession } from './client-session.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';
import { SessionRooms } from './session-rooms.js';

type SessionRoom = ReplyOf<typeof roomRpc.reconcile>['lostRooms'][number];

const everyMs = 10_000;
const pageSize = 200;
const lostCode = new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT').code;

/**
 * Compares this gateway's sessions with the records periodically. They diverge when a message is lost: a process
 * is killed between two steps, the bus is unavailable, Redis loses its last second of writes. Each difference is
 * checked against the current local state before it is repaired, because that changes during the request.
 */
@Injectable()
export class SessionReconciler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    private readonly rooms: SessionRooms,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: everyMs,
      jitter: 0.25,
      run: () => this.reconcile(),
      onError: (error) => logger.warn({ err: error }, 'reconciling failed'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  /** Not awaited: while the room service is away, a run takes as long as its deadlines. */
  onModuleDestroy(): void {
    void this.work.close();
  }

  /** One comparison of all sessions. */
  async reconcile(): Promise<void> {
    await this.findUnheld();
    const settled = this.registry.all.filter((session) => session.isSettled);
    for (let index = 0; index < settled.length; index += pageSize) {
      await this.compare(settled.slice(index, index + pageSize));
    }
  }

  /** Suspends sessions that the records assign to this gateway and that it does not hold. */
  private async findUnheld(): Promise<void> {
    const { gatewayId } = this.config;
    let cursor = '0';
    do {
      const page = await this.bus.request(roomRpc.listGatewaySessions, { gatewayId, cursor });
      for (const session of page.sessions) {
        if (!this.registry.knows(session.sessionId)) {
          this.note('unheld', session);
          await this.bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 0 });
        }
      }
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  private async compare(sessions: ClientSession[]): Promise<void> {
    const { gone, lostRooms, extraRooms } = await this.bus.request(roomRpc.reconcile, {
      gatewayId: this.config.gatewayId,
      sessions: sessions.map((session) => ({
        session: session.ref,
        rooms: session.memberships.map(({ roomId, epoch }) => ({ roomId, epoch })),
      })),
    });
    const byId = new Map(sessions.map((session) => [session.sessionId, session]));
    for (const { sessionId } of gone) {
      const session = byId.get(sessionId)!;
      if (session.state === 'open' && session.slot.transition === undefined) {
        this.note('gone', session.ref);
        this.lifecycle.release(session, clientCloseCodes.serverShutdown);
      }
    }
    for (const room of lostRooms) {
      await this.dropLost(byId.get(room.session.sessionId)!, room);
    }
    for (const room of extraRooms) {
      await this.leaveExtra(byId.get(room.session.sessionId)!, room);
    }
  }

  private async dropLost(session: ClientSession, { roomId, epoch }: SessionRoom): Promise<void> {
    // Serialized with logouts: one whose reply is pending has left the records already.
    const isHeld = await session.runForRoom(
      roomId,
      async () => session.state === 'open' && session.findMembership(roomId)?.epoch === epoch,
    );
    if (isHeld) {
      this.note('lostRoom', session.ref);
      // Reading the room removes what is left of the membership in the records.
      await this.bus.request(roomRpc.readMemberRooms, { session: session.ref, rooms: [{ roomId, epoch }] });
      await this.lifecycle.expelFromRoom(session, roomId, lostCode, undefined, epoch);
    }
  }

  private async leaveExtra(session: ClientSession, { roomId, epoch }: SessionRoom): Promise<void> {
    // Serialized with logins: a login whose reply is pending is in the records already.
    await session.runForRoom(roomId, async () => {
      if (session.state !== 'open' || session.findMembership(roomId)?.epoch === epoch) {
        return;
      }
      // Otherwise the user has entered the room and left it since the session was listed.
      if (await this.rooms.leaveQuietly(session, roomId, epoch)) {
        this.note('extraRoom', session.ref);
      }
    });
  }

  private note(kind: string, session: SessionRef): void {
    sessionMetrics.repairs.inc({ kind });
    this.logger.warn({ kind, ...session }, 'records and gateway differed');
  }
}
