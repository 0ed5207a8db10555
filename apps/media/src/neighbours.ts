import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { nodeLost, nodeReported, type NodeReport } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { silentAfterMs } from '@polyroom/placement';
import { LOGGER } from '@polyroom/nest-service';

interface Heard {
  incarnation: string;
  state: NodeReport['state'];
  atMs: number;
}

const checkIntervalMs = 500;

/** Watches the nodes with which streams are exchanged: what a node held that is gone is gone as well. */
@Injectable()
export class Neighbours implements OnModuleInit, OnApplicationShutdown {
  private readonly heard = new Map<string, Heard>();
  private readonly subscriptions: BusSubscription[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const lost = this.bus.subscribe(nodeLost, {}, ({ nodeId, incarnation }) => {
      if (this.heard.get(nodeId)?.incarnation === incarnation) {
        this.heard.delete(nodeId);
        this.forget(nodeId, 'it does not answer');
      }
    });
    const reported = this.bus.subscribe(nodeReported, {}, ({ nodeId, incarnation, state }) => {
      const before = this.heard.get(nodeId);
      this.heard.set(nodeId, { incarnation, state, atMs: Date.now() });
      if (before !== undefined && before.incarnation !== incarnation) {
        this.forget(nodeId, 'it was started again');
      }
    });
    this.subscriptions.push(lost, reported);
    this.timer = setInterval(() => this.forgetSilent(), checkIntervalMs);
  }

  /** Not before: who drains looks at the others. */
  onApplicationShutdown(): void {
    this.subscriptions.forEach((subscription) => subscription.close());
    clearInterval(this.timer);
  }

  /** Whether there is another node that takes sessions. */
  hasActiveOther(ownNodeId: string): boolean {
    return [...this.heard].some(
      ([nodeId, { atMs, state }]) =>
        nodeId !== ownNodeId && state === 'active' && Date.now() - atMs <= silentAfterMs,
    );
  }

  /** Whom this node watches: the next one by name, the first after the last; undefined where it is alone. */
  nextAfter(ownNodeId: string): string | undefined {
    const others = [...this.heard.keys()].filter((nodeId) => nodeId !== ownNodeId).sort();
    return others.find((nodeId) => nodeId > ownNodeId) ?? others[0];
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
