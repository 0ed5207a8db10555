import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, clientCloseCodes, downlinkClosed, type MediaSession, roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from '../media/media-nodes.js';
import { MediaPlane } from '../media/media-plane.js';
import { type ClientSession } from './client-session.js';
import { type Caller } from './caller.js';
import { NodeRecorder } from './node-recorder.js';
import { Playbacks } from './playbacks.js';
import { type EnteredRoom, type RoomEntry, SessionRooms } from './session-rooms.js';
import { SessionRegistry } from './session-registry.js';
import { SessionUsage } from './session-usage.js';

/** How long an unanswered first login may still be in progress in the room service. */
const lateAdmissionMs = 5000;
/** After a longer first try there is no second one: the client has waited long enough. */
const longestFirstTryMs = 1000;
const suspendAttempts = 3;
const suspendIntervalMs = 1000;

/** Opens sessions, and ends them at the client's request, with their socket, or when they are expelled. */
@Injectable()
export class SessionLifecycle {
  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly rooms: SessionRooms,
    private readonly media: MediaPlane,
    private readonly nodes: MediaNodes,
    private readonly playbacks: Playbacks,
    private readonly recorder: NodeRecorder,
    private readonly usage: SessionUsage,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The first login: asks the room service and the media node in parallel. If either fails, both are undone. */
  async open(session: ClientSession, entry: RoomEntry): Promise<EnteredRoom & { media: MediaSession }> {
    // Registered first, so that an expulsion that overtakes the reply finds the session.
    this.adopt(session);
    const askedNodeId = session.nodeId;
    const [entered, media] = await Promise.allSettled([
      this.rooms.enter(session, entry),
      this.openMedia(session),
    ]);
    if (entered.status === 'fulfilled' && media.status === 'fulfilled' && session.state === 'open') {
      session.markSettled();
      if (session.nodeId !== askedNodeId) {
        // The login has recorded the node that did not answer.
        void this.recorder.record(session);
      }
      this.logger.info(
        {
          sessionId: session.sessionId,
          appId: session.ref.appId,
          userId: session.ref.userId,
          mode: session.options.mode,
          nodeId: session.nodeId,
        },
        'session opened',
      );
      return { ...entered.value, media: media.value };
    }
    this.abandon(session);
    void this.undoOpening(session, entered.status === 'fulfilled' || isUnanswered(entered.reason));
    throw entered.status === 'rejected'
      ? entered.reason
      : media.status === 'rejected'
        ? media.reason
        : new AppError('ROOM_KICKED_OUT');
  }

  /** Leaves all rooms and ends the session at once. Call it through the slot of its connection. */
  async end(session: ClientSession): Promise<string[]> {
    // A pending login would otherwise reach the room service after the end.
    await session.whenLoginsSettled();
    const { leftRoomIds } = await this.bus.request(roomRpc.endSession, { session: session.ref });
    this.abandon(session);
    await this.media.closeSession(session.nodeId, session.ref);
    this.logger.info({ sessionId: session.sessionId }, 'session ended');
    return leftRoomIds;
  }

  /** Ends a session that is in no room. */
  async endIfIdle(session: ClientSession): Promise<void> {
    const { slot } = session;
    if (slot.transition !== undefined || slot.session !== session || !session.isIdle) {
      return;
    }
    try {
      await slot.end(() => this.end(session));
    } catch (error) {
      this.logger.warn({ err: error, sessionId: session.sessionId }, 'idle session not ended');
    }
  }

  /** The socket is closed: the rooms are kept for the grace period. */
  async suspend({ connection, slot }: Caller): Promise<void> {
    await this.suspendSession(slot.session);
    // A request in progress may have opened a session since.
    await connection.whenIdle();
    await this.suspendSession(slot.session);
  }

  /** The socket is closed and the client will not return: the session ends without the grace period. */
  async leave(caller: Caller): Promise<void> {
    await this.endSession(caller);
    // A request in progress may have opened a session since.
    await caller.connection.whenIdle();
    await this.endSession(caller);
  }

  /** The room service has ended the whole session. */
  async expel(session: ClientSession, code: number, reason: string | undefined): Promise<void> {
    session.markExpelled(code);
    this.abandon(session);
    session.connection.sendEvent('room.expelled', { code, ...(reason === undefined ? {} : { reason }) });
    this.logger.info({ sessionId: session.sessionId, code }, 'session expelled');
    await this.media.closeSession(session.nodeId, session.ref);
  }

  /** The room service has removed the session from one room; with an epoch only from the membership that has it. */
  async expelFromRoom(
    session: ClientSession,
    roomId: string,
    code: number,
    reason: string | undefined,
    epoch?: number,
  ): Promise<void> {
    if (!(await this.rooms.drop(session, roomId, epoch))) {
      return;
    }
    session.connection.sendEvent('room.expelled', {
      roomId,
      code,
      ...(reason === undefined ? {} : { reason }),
    });
    await this.endIfIdle(session);
  }

  /**
   * The session belongs to another gateway now, or has ended: this gateway drops it and closes its socket. A client
   * that still wants it resumes, and gets the state of each room.
   */
  release(session: ClientSession, closeCode: number): void {
    this.abandon(session);
    session.connection.close(closeCode, 'session released');
  }

  /** Registers a session on this gateway. An older socket of the same session is closed. */
  adopt(session: ClientSession): void {
    const former = this.registry.find(session.sessionId);
    if (former !== undefined) {
      this.release(former, clientCloseCodes.sessionMoved);
    }
    this.registry.add(session);
    this.usage.watch(session);
    const subscription = this.bus.subscribe(downlinkClosed, { sessionId: session.sessionId }, (fact) =>
      this.playbacks.handleClosed(session, fact),
    );
    session.whenEnded(() => subscription.close());
  }

  /** Releases everything that this gateway holds for the session. Idempotent. */
  abandon(session: ClientSession): void {
    if (session.end()) {
      this.registry.remove(session);
    }
  }

  /** Starts the grace period of a session. Never rejects. */
  async suspendSession(session: ClientSession | undefined): Promise<void> {
    if (session === undefined) {
      return;
    }
    this.abandon(session);
    const { gatewayId, attach } = session.options;
    const request = { session: session.ref, gatewayId, attach };
    try {
      const { graceMs } = await retry(() => this.bus.request(roomRpc.suspendSession, request), {
        attempts: suspendAttempts,
        firstDelayMs: suspendIntervalMs,
        onFailure: (error, attempt) =>
          this.logger.warn({ err: error, sessionId: session.sessionId, attempt }, 'session not suspended'),
      });
      this.logger.info({ sessionId: session.sessionId, graceMs }, 'session suspended');
    } catch {
      // It stays in the records' list of this gateway, where SessionReconciler finds it.
    }
  }

  /** Ends the session of a connection; if that fails, the grace period ends it. */
  private async endSession({ slot }: Caller): Promise<void> {
    while (slot.transition !== undefined) {
      await slot.transition;
    }
    const { session } = slot;
    if (session === undefined) {
      return;
    }
    try {
      await slot.end(() => this.end(session));
    } catch (error) {
      this.logger.warn({ err: error, sessionId: session.sessionId }, 'session not ended by its client');
      await this.suspendSession(session);
    }
  }

  /** The chosen node may have failed undetected: then one other node is asked. */
  private async openMedia(session: ClientSession): Promise<MediaSession> {
    const startedAtMs = performance.now();
    const chosen = session.nodeId;
    try {
      return await this.media.openSession(chosen, session.ref);
    } catch (error) {
      const isQuick = performance.now() - startedAtMs < longestFirstTryMs;
      if (!AppError.is(error, 'MEDIA_NODE_UNAVAILABLE') || !isQuick) {
        throw error;
      }
    }
    session.moveTo(await this.nodes.chooseOrWait([chosen]));
    return this.media.openSession(session.nodeId, session.ref);
  }

  private async undoOpening(session: ClientSession, mayBeAdmitted: boolean): Promise<void> {
    await this.media.closeSession(session.nodeId, session.ref);
    if (!mayBeAdmitted) {
      return;
    }
    // Twice: the first end may overtake a login that is still queued at a slow room service.
    for (const delayMs of [0, lateAdmissionMs]) {
      await sleep(delayMs, undefined, { ref: false });
      try {
        await this.bus.request(roomRpc.endSession, { session: session.ref });
      } catch (error) {
        this.logger.warn({ err: error, sessionId: session.sessionId }, 'refused session not ended');
      }
    }
  }
}

function isUnanswered(error: unknown): boolean {
  return AppError.is(error, 'ROOM_LOGIN_TIMEOUT') || AppError.is(error, 'ROOM_KICKED_OUT');
}
