import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type ClientEventData, type MediaSession, sessionsLost, streamMoved } from '@polyroom/contracts';
import pLimit from 'p-limit';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from '../media/media-nodes.js';
import { MediaPlane } from '../media/media-plane.js';
import { NodeWatch } from '../media/node-watch.js';
import { RoomFanout } from '../rooms/room-fanout.js';
import { type ClientSession } from './client-session.js';
import { NodeRecorder } from './node-recorder.js';
import { SessionRegistry } from './session-registry.js';

type Reason = ClientEventData<'media.moved'>['reason'];

const firstRetryDelayMs = 20;
const longestRetryDelayMs = 2000;
/** A lost node leaves thousands of sessions behind: a log line for each would delay the moves. */
const complainEveryMs = 1000;
/** Sessions that ask for transports at a time. If all ask at once, the replies come too late. */
const maxOpenings = 64;
/** A client that never settles loses its old transports after this. */
const settleDeadlineMs = 10_000;

/**
 * Moves sessions to new transports when their worker or node fails or drains. Rooms and messages are unaffected:
 * the client publishes and plays over the new transports what it did over the old ones.
 */
@Injectable()
export class SessionMover implements OnModuleInit, OnModuleDestroy {
  /** Sessions that are moving, with the nodes that fail or drain meanwhile. */
  private readonly moving = new Map<ClientSession, Map<string, Reason>>();
  private readonly subscriptions: BusSubscription[] = [];
  /** Nodes that sessions have left and that still hold their old transports. */
  private readonly left = new Map<ClientSession, { nodeId: string; timer: NodeJS.Timeout }>();
  private readonly openings = pLimit(maxOpenings);
  private complainedAtMs = -complainEveryMs;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly nodes: MediaNodes,
    private readonly watch: NodeWatch,
    private readonly media: MediaPlane,
    private readonly fanout: RoomFanout,
    private readonly recorder: NodeRecorder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.watch.onLost((nodeId) => this.moveAll(nodeId, 'lost'));
    this.nodes.onDraining((nodeId) => this.moveAll(nodeId, 'draining'));
    this.subscriptions.push(
      this.bus.subscribe(sessionsLost, {}, ({ nodeId, sessions }) => {
        for (const { sessionId } of sessions) {
          const session = this.registry.find(sessionId);
          if (session !== undefined) {
            this.handleNode(session, nodeId, 'lost');
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

  /** The client's media does not connect: gives it other transports. Idempotent while the session moves. */
  async renew(session: ClientSession): Promise<void> {
    const { nodeId } = session;
    if (!this.moving.has(session)) {
      await this.media.closeSession(nodeId, session.ref);
      this.handleNode(session, nodeId, 'lost');
    }
  }

  /** The client uses its new transports: the old ones close. */
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
      this.handleNode(session, nodeId, reason);
    }
  }

  private handleNode(session: ClientSession, nodeId: string, reason: Reason): void {
    const missed = this.moving.get(session);
    if (missed !== undefined) {
      // Perhaps the node that it moves to.
      missed.set(nodeId, reason);
    } else if (session.nodeId === nodeId) {
      void this.move(session, reason);
    }
  }

  private async move(session: ClientSession, reason: Reason): Promise<void> {
    const missed = new Map<string, Reason>();
    this.moving.set(session, missed);
    const fromNodeId = session.nodeId;
    if (reason === 'lost') {
      this.media.abandonSession(fromNodeId, session.ref);
    }
    try {
      const media = await this.openElsewhere(session, fromNodeId, reason, missed);
      if (media === undefined) {
        return;
      }
      if (reason === 'draining' && media.nodeId !== fromNodeId) {
        await this.settle(session);
        if (session.state !== 'open') {
          // Its end has closed it on the node that it was on.
          await this.media.closeSession(media.nodeId, session.ref);
          return;
        }
        const timer = setTimeout(() => void this.settle(session), settleDeadlineMs);
        this.left.set(session, { nodeId: fromNodeId, timer });
      }
      session.moveTo(media.nodeId);
      if (media.nodeId !== fromNodeId) {
        void this.recorder.record(session);
      }
      session.connection.sendEvent('media.moved', { media, reason });
      this.logger.info(
        { sessionId: session.sessionId, reason, fromNodeId, nodeId: media.nodeId },
        'session moved',
      );
    } finally {
      this.moving.delete(session);
      const again = missed.get(session.nodeId);
      if (again !== undefined && session.nodeId !== fromNodeId) {
        void this.move(session, again);
      }
    }
  }

  /** Retries until a node accepts the session; undefined once the session has ended. */
  private async openElsewhere(
    session: ClientSession,
    fromNodeId: string,
    reason: Reason,
    missed: Map<string, Reason>,
  ): Promise<MediaSession | undefined> {
    const open = async (): Promise<MediaSession | undefined> => {
      if (session.state !== 'open' || this.closed) {
        return undefined;
      }
      const nodeId = this.nodes.choose(this.companyOf(session));
      missed.delete(nodeId);
      const media = await this.openings(() => this.media.openSession(nodeId, session.ref));
      if (session.state === 'open') {
        return media;
      }
      await this.media.closeSession(nodeId, session.ref);
      return undefined;
    };
    return retry(open, {
      firstDelayMs: firstRetryDelayMs,
      maxDelayMs: longestRetryDelayMs,
      onFailure: (error) => this.complain(error, fromNodeId, reason),
    });
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
    return session.memberships.flatMap(({ roomId }) => this.fanout.nodeIdsOf(appId, roomId));
  }
}
