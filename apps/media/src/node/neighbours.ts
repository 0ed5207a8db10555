import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { nodeLost, nodeReported, type NodeReport } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { silentAfterMs } from '@polyroom/placement';
import { LOGGER } from '@polyroom/nest-service';
import { type MediaConfig } from '../media.config.js';
import { configToken } from '../media-tokens.js';

interface SeenNode {
  incarnation: string;
  state: NodeReport['state'];
  atMs: number;
}

const checkIntervalMs = 500;
/**
 * The bus is away if this node does not even receive its own reports, one a second: nothing follows for the others. They
 * are not missed before this node.
 */
const busAwayAfterMs = silentAfterMs - 2000;

/** Tracks the nodes that share pipes with this one and closes the pipes of a node that was lost. */
@Injectable()
export class Neighbours implements OnModuleInit, OnApplicationShutdown {
  private readonly seen = new Map<string, SeenNode>();
  private readonly subscriptions: BusSubscription[] = [];
  private timer: NodeJS.Timeout | undefined;
  private busBackAtMs = 0;

  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    @Inject(configToken) private readonly config: Pick<MediaConfig, 'nodeId'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const lost = this.bus.subscribe(nodeLost, {}, ({ nodeId, incarnation }) => {
      if (this.seen.get(nodeId)?.incarnation === incarnation) {
        this.seen.delete(nodeId);
        this.forget(nodeId, 'it does not answer');
      }
    });
    const reported = this.bus.subscribe(nodeReported, {}, ({ nodeId, incarnation, state }) => {
      const before = this.seen.get(nodeId);
      const atMs = Date.now();
      this.seen.set(nodeId, { incarnation, state, atMs });
      if (nodeId === this.config.nodeId && isBusAway(before, atMs)) {
        this.busBackAtMs = atMs;
      }
      if (before !== undefined && before.incarnation !== incarnation) {
        this.forget(nodeId, 'it restarted');
      }
    });
    this.subscriptions.push(lost, reported);
    this.timer = setInterval(() => this.forgetSilent(), checkIntervalMs);
  }

  /** Not earlier: a draining node still needs the peer list. */
  onApplicationShutdown(): void {
    this.subscriptions.forEach((subscription) => subscription.close());
    clearInterval(this.timer);
  }

  /** Whether another node accepts sessions. */
  hasActiveOther(): boolean {
    return [...this.seen].some(
      ([nodeId, { atMs, state }]) =>
        nodeId !== this.config.nodeId && state === 'active' && Date.now() - atMs <= silentAfterMs,
    );
  }

  /** The node that this one pings: the next by name, the first after the last; undefined if it is alone. */
  next(): string | undefined {
    const { nodeId: ownNodeId } = this.config;
    const others = [...this.seen.keys()].filter((nodeId) => nodeId !== ownNodeId).sort();
    return others.find((nodeId) => nodeId > ownNodeId) ?? others[0];
  }

  private forgetSilent(): void {
    const nowMs = Date.now();
    if (isBusAway(this.seen.get(this.config.nodeId), nowMs)) {
      return;
    }
    for (const [nodeId, { atMs }] of this.seen) {
      // After the bus was away, others may connect to it again later than this node.
      if (nowMs - Math.max(atMs, this.busBackAtMs) > silentAfterMs) {
        this.seen.delete(nodeId);
        this.forget(nodeId, 'its reports stopped');
      }
    }
  }

  private forget(nodeId: string, why: string): void {
    if (this.node.neighbours().includes(nodeId)) {
      this.logger.warn({ remoteNodeId: nodeId, why }, 'media node lost, closed its pipes');
    }
    this.node.forgetNode(nodeId);
  }
}

function isBusAway(own: SeenNode | undefined, nowMs: number): boolean {
  return own !== undefined && nowMs - own.atMs > busAwayAfterMs;
}
