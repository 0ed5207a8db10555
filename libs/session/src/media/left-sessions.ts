import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { mediaRpc, type SessionRef } from '@polyroom/contracts';
import { MediaNodes } from './media-nodes.js';

/** A node that is away for longer has ended, or has to be restarted. */
const rememberedMs = 600_000;

interface Left {
  /** By session ID. */
  sessions: Map<string, SessionRef>;
  timer: NodeJS.Timeout;
}

/**
 * Sessions that a media node may still hold, although they ended or moved: it could not be reached. A process that has
 * crashed holds nothing, but one behind a cut of the network does, and closes them when it reports again.
 */
@Injectable()
export class LeftSessions implements OnModuleInit, OnModuleDestroy {
  private readonly byNode = new Map<string, Left>();

  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
  ) {}

  onModuleInit(): void {
    this.nodes.onHeard((nodeId) => void this.close(nodeId));
  }

  onModuleDestroy(): void {
    this.byNode.forEach(({ timer }) => clearTimeout(timer));
    this.byNode.clear();
  }

  note(nodeId: string, session: SessionRef): void {
    const left = this.byNode.get(nodeId) ?? {
      sessions: new Map<string, SessionRef>(),
      timer: setTimeout(() => this.byNode.delete(nodeId), rememberedMs).unref(),
    };
    this.byNode.set(nodeId, left);
    left.sessions.set(session.sessionId, session);
  }

  /** The session opens on the node again. */
  forget(nodeId: string, { sessionId }: SessionRef): void {
    this.byNode.get(nodeId)?.sessions.delete(sessionId);
  }

  /** What fails now is tried again when the node reports the next time. */
  private async close(nodeId: string): Promise<void> {
    const left = this.byNode.get(nodeId);
    if (left === undefined) {
      return;
    }
    clearTimeout(left.timer);
    this.byNode.delete(nodeId);
    await Promise.all(
      [...left.sessions.values()].map((session) =>
        this.bus
          .requestNode(mediaRpc.closeSession, nodeId, { session })
          .catch(() => this.note(nodeId, session)),
      ),
    );
  }
}
