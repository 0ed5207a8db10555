import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { mediaRpc, nodeSuspected } from '@polyroom/contracts';
import { type MediaConfig } from './media.config.js';
import { configToken } from './media-tokens.js';
import { Neighbours } from './neighbours.js';

/** A process that was killed is found out within this, on average half of it. */
const pingIntervalMs = 100;
/** So short that it is not asked twice: it is the gateways that make sure. */
const pingTimeoutMs = 250;

/**
 * Asks the next one in the ring of media nodes whether it is there, and tells the gateways where it is not.
 * So each node is asked by one other, however many gateways there are.
 */
@Injectable()
export class NextNodeWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly neighbours: Neighbours,
    @Inject(configToken) private readonly config: MediaConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      const nodeId = this.neighbours.nextAfter(this.config.nodeId);
      if (nodeId !== undefined) {
        void this.ask(nodeId);
      }
    }, pingIntervalMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async ask(nodeId: string): Promise<void> {
    try {
      await this.bus.requestNode(mediaRpc.ping, nodeId, {}, { timeoutMs: pingTimeoutMs });
    } catch {
      if (this.timer !== undefined) {
        this.bus.publish(nodeSuspected, {}, { nodeId });
      }
    }
  }
}
