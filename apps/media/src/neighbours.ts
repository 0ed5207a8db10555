import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { nodeReported } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { silentAfterMs } from '@polyroom/placement';
import { loggerToken } from './media-tokens.js';

interface Heard {
  incarnation: string;
  atMs: number;
}

const checkIntervalMs = 500;

/** Watches the nodes with which streams are exchanged: what a node held that is gone is gone as well. */
@Injectable()
export class Neighbours implements OnModuleInit, OnModuleDestroy {
  private readonly heard = new Map<string, Heard>();
  private subscription: BusSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(nodeReported, {}, ({ nodeId, incarnation }) => {
      const before = this.heard.get(nodeId);
      this.heard.set(nodeId, { incarnation, atMs: Date.now() });
      if (before !== undefined && before.incarnation !== incarnation) {
        this.forget(nodeId, 'it was started again');
      }
    });
    this.timer = setInterval(() => this.forgetSilent(), checkIntervalMs);
  }

  onModuleDestroy(): void {
    this.subscription?.close();
    clearInterval(this.timer);
  }

  private forgetSilent(): void {
    const nowMs = Date.now();
    for (const [nodeId, { atMs }] of this.heard) {
      if (nowMs - atMs > silentAfterMs) {
        this.heard.delete(nodeId);
        this.forget(nodeId, 'it is silent');
      }
    }
  }

  private forget(nodeId: string, why: string): void {
    if (this.node.neighbours().includes(nodeId)) {
      this.logger.warn({ remoteNodeId: nodeId, why }, 'media node gone, its pipes are closed');
    }
    this.node.forgetNode(nodeId);
  }
}
