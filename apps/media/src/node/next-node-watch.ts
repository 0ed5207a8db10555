import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { mediaRpc, nodeSuspected } from '@polyroom/contracts';
import { Neighbours } from './neighbours.js';

/** Bounds the time to detect a killed process; the average is half of it. */
const pingIntervalMs = 100;
/** Short enough to rule out a second attempt: the gateways verify the suspicion. */
const pingTimeoutMs = 250;

/**
 * Pings the next media node in the ring and reports it to the gateways if it does not answer. Each node is
 * pinged by exactly one other node, independent of the number of gateways.
 */
@Injectable()
export class NextNodeWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly neighbours: Neighbours,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      const nodeId = this.neighbours.next();
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
