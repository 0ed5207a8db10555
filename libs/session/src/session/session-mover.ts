import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type ClientEventData, type MediaSession, sessionsLost, streamMoved } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from '../media/media-nodes.js';
import { MediaPlane } from '../media/media-plane.js';
import { NodeWatch } from '../media/node-watch.js';
import { RoomFanout } from '../rooms/room-fanout.js';
import { type ClientSession } from './client-session.js';
import { SessionRegistry } from './session-registry.js';
import { Slots } from './slots.js';

type Reason = ClientEventData<'media.moved'>['reason'];

const firstRetryDelayMs = 20;
const longestRetryDelayMs = 2000;
/** A node that is lost leaves thousands of sessions behind: a line for each of them would hold up the others. */
const complainEveryMs = 1000;
/** So many sessions ask for transports at a time. All at once would be answered too late. */
const maxOpenings = 64;
/** A client that never says that it has settled loses its old transports after this. */
const settleDeadlineMs = 10_000;

/**
 * Gives sessions other transports when their worker or node is gone or about to go. Rooms and messages know
 * nothing of it: the client publishes and plays over the new ones what it did over the old.
 */
@Injectable()
export class SessionMover implements OnModuleInit, OnModuleDestroy {
  private readonly moving = new Set<ClientSession>();
  private readonly subscriptions: BusSubscription[] = [];
  /** Nodes that sessions have left and that still hold something of them. */
  private readonly left = new Map<ClientSession, { nodeId: string; timer: NodeJS.Timeout }>();
  private readonly openings = new Slots(maxOpenings);
  private complainedAtMs = -complainEveryMs;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly nodes: MediaNodes,
    private readonly watch: NodeWatch,
    private readonly media: MediaPlane,
    private readonly fanout: RoomFanout,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.watch.onLost((nodeId) => this.moveAll(nodeId, 'lost'));
    this.nodes.onDraining((nodeId) => this.moveAll(nodeId, 'draining'));
    this.subscriptions.push(
      this.bus.subscribe(sessionsLost, {}, ({ nodeId, sessions }) => {
        for (const { sessionId } of sessions) {
          const session = this.registry.find(sessionId);
          if (session?.options.nodeId === nodeId) {
            void this.move(session, 'lost');
          }
        }
      }),
      this.bus.subscribe(streamMoved, {}, ({ appId, streamId }) => {
        for (const session of this.registry.all) {
          if (session.ref.appId === appId && session.downlinks.wants(streamId)) {
            session.connection.sendEvent('stream.moved', { streamId });
          }
        }
      }),
    );
  }

  onModuleDestroy(): void {
    this.closed = true;
    this.subscriptions.forEach((subscription) => subscription.close());
    this.left.forEach(({ timer }) => clearTimeout(timer));
  }

  /** The client runs over its new transports. */
  async settle(session: ClientSession): Promise<void> {
    const former = this.left.get(session);
    if (former !== undefined) {
      clearTimeout(former.timer);
      this.left.delete(session);
      await this.media.closeSession(former.nodeId, session.ref);
    }
  }

  private moveAll(nodeId: string, reason: Reason): void {
    for (const session of this.registry.all) {
      if (session.options.nodeId === nodeId) {
        void this.move(session, reason);
      }
    }
  }

  private async move(session: ClientSession, reason: Reason): Promise<void> {
    if (this.moving.has(session)) {
      return;
    }
    this.moving.add(session);
    const fromNodeId = session.options.nodeId;
    try {
      const media = await this.openElsewhere(session, fromNodeId, reason);
      if (media === undefined) {
        return;
      }
      if (reason === 'draining' && media.nodeId !== fromNodeId) {
        await this.settle(session);
        const timer = setTimeout(() => void this.settle(session), settleDeadlineMs);
        this.left.set(session, { nodeId: fromNodeId, timer });
      }
      session.options.nodeId = media.nodeId;
      // The client binds again what it plays, to the new transports.
      session.downlinks.loseAll();
      session.connection.sendEvent('media.moved', { media, reason });
      this.logger.info(
        { sessionId: session.sessionId, reason, fromNodeId, nodeId: media.nodeId },
        'session moved',
      );
    } finally {
      this.moving.delete(session);
    }
  }

  /** Undefined where the session has ended, or where the node that drains is the only one. */
  private async openElsewhere(
    session: ClientSession,
    fromNodeId: string,
    reason: Reason,
  ): Promise<MediaSession | undefined> {
    let delayMs = firstRetryDelayMs;
    while (session.state === 'open' && !this.closed) {
      try {
        const nodeId = this.nodes.choose(this.companyOf(session));
        const media = await this.openings.run(() => this.media.openSession(nodeId, session.ref));
        if (session.state === 'open') {
          return media;
        }
        await this.media.closeSession(nodeId, session.ref);
        return undefined;
      } catch (error) {
        this.complain(error, fromNodeId, reason);
        await sleep(delayMs, undefined, { ref: false });
        delayMs = Math.min(delayMs * 2, longestRetryDelayMs);
      }
    }
    return undefined;
  }

  private complain(error: unknown, fromNodeId: string, reason: Reason): void {
    if (performance.now() - this.complainedAtMs >= complainEveryMs) {
      this.complainedAtMs = performance.now();
      this.logger.warn(
        { err: error, fromNodeId, reason, sessions: this.moving.size },
        'sessions not moved yet',
      );
    }
  }

  private companyOf(session: ClientSession): string[] {
    const { appId } = session.ref;
    return [...session.memberships.keys()].flatMap((roomId) => this.fanout.nodeIdsOf(appId, roomId));
  }
}
