import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { nodeReported } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { type MediaConfig } from '../media.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { configToken } from '../media-tokens.js';
import { Neighbours } from './neighbours.js';
import { NodeState } from './node-state.js';

const reportIntervalMs = 1000;
const drainCheckIntervalMs = 50;

/**
 * Reports the node's state every second. Placement treats a node as lost after five seconds without a report.
 */
@Injectable()
export class NodeReporter implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private cpuLoad = 0;

  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    private readonly state: NodeState,
    private readonly neighbours: Neighbours,
    @Inject(configToken) private readonly config: MediaConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Reports immediately, so that the first session after a start does not wait for the next interval. */
  onApplicationBootstrap(): void {
    this.report();
    this.timer = setInterval(() => {
      void this.sampleAndReport().catch((error: unknown) =>
        this.logger.error({ err: error }, 'node report failed'),
      );
    }, reportIntervalMs);
  }

  /**
   * First step of shutdown: gateways learn of the drain before anything closes and move the sessions to other
   * nodes. Sessions that remain at the deadline, or without another node, are closed.
   */
  async onModuleDestroy(): Promise<void> {
    this.state.drain();
    this.report();
    await this.bus.flush();
    const deadlineMs = Date.now() + this.config.drainTimeoutMs;
    while (this.node.counts().sessions > 0 && Date.now() < deadlineMs && this.neighbours.hasActiveOther()) {
      await sleep(drainCheckIntervalMs);
    }
    clearInterval(this.timer);
    this.logger.info({ sessionsLeft: this.node.counts().sessions }, 'drained');
  }

  private async sampleAndReport(): Promise<void> {
    this.cpuLoad = await this.node.sampleCpuLoad();
    this.report();
    await this.node.sampleTraffic();
  }

  private report(): void {
    const { sessions, workers } = this.node.counts();
    this.bus.publish(
      nodeReported,
      {},
      {
        nodeId: this.config.nodeId,
        state: this.state.current,
        region: this.config.region,
        cpuLoad: this.cpuLoad,
        sessions,
        workers,
        atMs: Date.now(),
        incarnation: this.state.incarnation,
      },
    );
  }
}
