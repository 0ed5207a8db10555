import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, mediaRpc, nodeLost, nodeSuspected } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { sessionMetrics } from '../session-metrics.js';
import { MediaNodes } from './media-nodes.js';

/**
 * Sufficient as a fallback, for a cluster with a single node and for a node that failed together with its
 * peer: nodes monitor each other at a shorter interval.
 */
const pingIntervalMs = 500;
/**
 * After the bus was away, nodes connect to it again within this time. One that does not respond before is not judged.
 */
const rejoinMs = 5000;

/**
 * Pings every media node periodically, and at once if another node suspects it. A subject without subscribers
 * means that the process has ended: the bus notices a closed connection immediately. A different incarnation
 * means that the process was restarted.
 */
@Injectable()
export class NodeWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly incarnations = new Map<string, string>();
  /** Time of the latest answered ping, by node. */
  private readonly answered = new Map<string, number>();
  private readonly listeners = new Set<(nodeId: string) => void>();
  private reconnectedAtMs = -rejoinMs;
  private timer: NodeJS.Timeout | undefined;
  private suspicions: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.onReconnect(() => void (this.reconnectedAtMs = performance.now()));
    this.suspicions = this.bus.subscribe(nodeSuspected, {}, ({ nodeId }) => void this.ask(nodeId));
    this.timer = setInterval(() => {
      sessionMetrics.mediaNodes.set(this.nodes.count);
      for (const nodeId of new Set([...this.nodes.watchedIds, ...this.incarnations.keys()])) {
        void this.ask(nodeId);
      }
    }, pingIntervalMs);
  }

  /** Responses to pending pings are ignored. */
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.suspicions?.close();
  }

  /** Calls the listener once for each node that lost its state, even if it has restarted. */
  onLost(listener: (nodeId: string) => void): void {
    this.listeners.add(listener);
  }

  /** Does not wait for earlier pings: one sent to a crashed process takes seconds to time out. */
  private async ask(nodeId: string): Promise<void> {
    const askedAtMs = performance.now();
    const before = this.incarnations.get(nodeId);
    try {
      const { incarnation } = await this.bus.requestNode(mediaRpc.ping, nodeId, {});
      if (this.timer === undefined || this.hasAnsweredSince(nodeId, askedAtMs)) {
        return;
      }
      const known = this.incarnations.get(nodeId);
      this.answered.set(nodeId, askedAtMs);
      this.incarnations.set(nodeId, incarnation);
      this.nodes.trust(nodeId, incarnation);
      if (known !== undefined && known !== incarnation) {
        this.tell(nodeId, known, 'started again');
      }
    } catch (error) {
      const isGone = AppError.is(error, 'BUS_UNAVAILABLE');
      // No response until the deadline: the process hangs, or the network is partitioned.
      const isSilent = AppError.is(error, 'BUS_TIMEOUT') && !this.hasAnsweredSince(nodeId, askedAtMs);
      if (before === undefined || !(isGone || isSilent) || !(await this.isBusThere())) {
        return;
      }
      // In the meantime another check may have reported it, it may have restarted, or this detector may have
      // shut down.
      if (this.timer !== undefined && this.incarnations.get(nodeId) === before) {
        this.incarnations.delete(nodeId);
        this.nodes.suspect(nodeId);
        this.tell(nodeId, before, 'gone');
      }
    }
  }

  private hasAnsweredSince(nodeId: string, askedAtMs: number): boolean {
    return (this.answered.get(nodeId) ?? 0) > askedAtMs;
  }

  /** Without the bus no node responds, which says nothing about the nodes. */
  private async isBusThere(): Promise<boolean> {
    return this.bus.ping().then(
      () => performance.now() - this.reconnectedAtMs > rejoinMs,
      () => false,
    );
  }

  private tell(nodeId: string, incarnation: string, what: string): void {
    if (this.nodes.isDraining(nodeId)) {
      this.logger.info({ nodeId, what }, 'drained media node ended');
    } else {
      sessionMetrics.lostMediaNodes.inc();
      this.logger.warn({ nodeId, what }, 'media node lost');
    }
    this.bus.publish(nodeLost, {}, { nodeId, incarnation });
    this.listeners.forEach((listener) => listener(nodeId));
  }
}
