import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, type MediaSession, mediaRpc, type ReplyOf, type SessionRef } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { type SessionConfig } from '../session.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { SESSION_CONFIG } from '../session.config.js';
import { LeftSessions } from './left-sessions.js';
import { MediaNodes } from './media-nodes.js';
import { SessionData } from './session-data.js';
import { iceServersFor } from './turn.js';

/** Requests to media nodes for the lifecycle of a session. */
@Injectable()
export class MediaPlane {
  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
    private readonly data: SessionData,
    private readonly left: LeftSessions,
  ) {}

  async openSession(nodeId: string, session: SessionRef): Promise<MediaSession> {
    const data = await this.data.of(session.appId);
    this.left.forget(nodeId, session);
    try {
      const media = await this.bus.requestNode(mediaRpc.openSession, nodeId, {
        session,
        ...(data === undefined ? {} : { data }),
      });
      const iceServers = iceServersFor(session, this.config.turn, Date.now());
      return iceServers === undefined ? media : { ...media, iceServers };
    } catch (error) {
      if (AppError.is(error, 'BUS_UNAVAILABLE') || AppError.is(error, 'BUS_TIMEOUT')) {
        this.nodes.suspect(nodeId);
        throw new AppError('MEDIA_NODE_UNAVAILABLE', { cause: error });
      }
      // All its workers may be down at the moment: its next report tells when it is usable again.
      this.nodes.forget(nodeId);
      throw error;
    }
  }

  /**
   * The state of a session on the media nodes: on the named node, or on any other, because a session may move
   * after its node was recorded. Undefined if no node has it.
   */
  async findSession(
    nodeId: string,
    session: SessionRef,
  ): Promise<{ nodeId: string; held: ReplyOf<typeof mediaRpc.getSession> } | undefined> {
    const ask = async (askedNodeId: string) => ({
      nodeId: askedNodeId,
      held: await this.bus.requestNode(mediaRpc.getSession, askedNodeId, { session }),
    });
    try {
      return await ask(nodeId);
    } catch (error) {
      this.logger.info({ err: error, nodeId, sessionId: session.sessionId }, 'media session not found');
    }
    const otherNodeIds = this.nodes.ids.filter((id) => id !== nodeId);
    return Promise.any(otherNodeIds.map(ask)).catch(() => undefined);
  }

  /** Never rejects: a node that cannot be reached closes the session when it is back. */
  async closeSession(nodeId: string, session: SessionRef): Promise<void> {
    try {
      await this.bus.requestNode(mediaRpc.closeSession, nodeId, { session });
    } catch (error) {
      this.logger.warn({ err: error, nodeId, sessionId: session.sessionId }, 'media session not closed');
      this.left.note(nodeId, session);
    }
  }

  /** The session leaves a node that does not answer: it may hold the session all the same. */
  abandonSession(nodeId: string, session: SessionRef): void {
    if (!this.nodes.ids.includes(nodeId)) {
      this.left.note(nodeId, session);
    }
  }

  /** Never rejects: a lost node has lost its streams too, and a running one receives `sessionEnded`. */
  async closeUpstream(nodeId: string, session: SessionRef, streamId: string): Promise<void> {
    try {
      await this.bus.requestNode(mediaRpc.closeUpstream, nodeId, { session, streamId });
    } catch (error) {
      this.logger.warn({ err: error, nodeId, sessionId: session.sessionId, streamId }, 'upstream not closed');
    }
  }
}
