import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, mediaRpc, nodeLost, nodeSuspected } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { MediaNodes } from './media-nodes.js';

/**
 * For a cluster with a single node, and for a node that went together with the one that watches it: the
 * nodes watch one another more closely.
 */
const pingIntervalMs = 500;

/**
 * Asks every media node now and then whether it is there, and at once when another node suspects it. Nobody
 * listening under its name is the sign of a process that has ended: the bus knows as soon as its connection
 * breaks. Another incarnation was started meanwhile.
 */
@Injectable()
export class NodeWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly incarnations = new Map<string, string>();
  /** When the latest question was asked that has been answered. */
  private readonly answered = new Map<string, number>();
  private readonly listeners = new Set<(nodeId: string) => void>();
  private timer: NodeJS.Timeout | undefined;
  private suspicions: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.suspicions = this.bus.subscribe(nodeSuspected, {}, ({ nodeId }) => void this.ask(nodeId));
    this.timer = setInterval(() => {
      for (const nodeId of new Set([...this.nodes.watchedIds, ...this.incarnations.keys()])) {
        void this.ask(nodeId);
      }
    }, pingIntervalMs);
  }

  /** What is still asked is answered to nobody. */
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.suspicions?.close();
  }

  /** Called once for each node that is gone with everything it held, also where it has been started again. */
  onLost(listener: (nodeId: string) => void): void {
    this.listeners.add(listener);
  }

  /** Does not wait for earlier questions: one that a process took with it is answered by nobody for seconds. */
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
      // Silence for the whole deadline: the process hangs, or the network is cut.
      const isSilent = AppError.is(error, 'BUS_TIMEOUT') && !this.hasAnsweredSince(nodeId, askedAtMs);
      if (before === undefined || !(isGone || isSilent) || !(await this.isBusThere())) {
        return;
      }
      // Somebody may have found it out meanwhile, it may have been started again, and this may have ended.
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

  /** Without the bus nobody answers, and that says nothing about anybody. */
  private async isBusThere(): Promise<boolean> {
    return this.bus.ping().then(
      () => true,
      () => false,
    );
  }

  private tell(nodeId: string, incarnation: string, what: string): void {
    this.logger.warn({ nodeId, what }, 'media node lost');
    this.bus.publish(nodeLost, {}, { nodeId, incarnation });
    this.listeners.forEach((listener) => listener(nodeId));
  }
}
