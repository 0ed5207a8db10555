import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { roomRpc } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import pLimit from 'p-limit';
import { type Logger } from 'pino';
import { type ClientSession } from './client-session.js';

const maxRequests = 64;
const firstRetryDelayMs = 500;
const longestRetryDelayMs = 30_000;
/** All sessions of a node move at once: a log line for each would say the same. */
const warnEveryMs = 1000;

/**
 * Records the media node of a session after it has changed, so that the gateway that resumes the session asks the
 * right node instead of all of them. Retries while the session is open.
 */
@Injectable()
export class NodeRecorder implements OnModuleDestroy {
  private readonly recording = new Set<ClientSession>();
  private readonly requests = pLimit(maxRequests);
  private warnedAtMs = -warnEveryMs;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleDestroy(): void {
    this.closed = true;
  }

  /**
   * Resolves when the record names the session's node, or the session has ended. One request per session at a time:
   * the node of a move during a request is recorded after it, and the record never returns to an earlier node.
   */
  async record(session: ClientSession): Promise<void> {
    if (this.recording.has(session)) {
      return;
    }
    this.recording.add(session);
    let recorded: string | undefined;
    let delayMs = firstRetryDelayMs;
    while (recorded !== session.nodeId && session.state === 'open' && !this.closed) {
      try {
        recorded = await this.requests(() => this.send(session));
        delayMs = firstRetryDelayMs;
      } catch (error) {
        this.warn(error);
        await sleep(delayMs, undefined, { ref: false });
        delayMs = Math.min(delayMs * 2, longestRetryDelayMs);
      }
    }
    this.recording.delete(session);
  }

  private async send(session: ClientSession): Promise<string> {
    const { nodeId, ref, options } = session;
    await this.bus.request(roomRpc.setSessionNode, { session: ref, attach: options.attach, nodeId });
    return nodeId;
  }

  private warn(error: unknown): void {
    if (performance.now() - this.warnedAtMs >= warnEveryMs) {
      this.warnedAtMs = performance.now();
      this.logger.warn({ err: error, sessions: this.recording.size }, 'media nodes of sessions not recorded');
    }
  }
}
