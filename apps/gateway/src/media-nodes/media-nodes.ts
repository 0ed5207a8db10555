import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, nodeReported, type NodeReport } from '@polyroom/contracts';
import { chooseNode, meanSessionLoad, withPlaced } from '@polyroom/placement';

/** The media nodes as they last reported. */
@Injectable()
export class MediaNodes implements OnModuleInit, OnModuleDestroy {
  private readonly reports = new Map<string, NodeReport>();
  private subscription: BusSubscription | undefined;
  private readonly drainListeners = new Set<(nodeId: string) => void>();
  private everHeard = false;

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(nodeReported, {}, (report) => {
      this.everHeard = true;
      const startsToDrain =
        report.state === 'draining' && this.reports.get(report.nodeId)?.state !== 'draining';
      // The time of arrival: the clocks of two machines need not agree.
      this.reports.set(report.nodeId, { ...report, atMs: Date.now() });
      if (startsToDrain) {
        this.drainListeners.forEach((listener) => listener(report.nodeId));
      }
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /** The node for a new session, near the named ones where they have room. */
  choose(preferNodeIds: readonly string[]): string {
    const reports = [...this.reports.values()];
    const nodeId = chooseNode(reports, { nowMs: Date.now(), preferNodeIds });
    const report = nodeId === undefined ? undefined : this.reports.get(nodeId);
    if (report === undefined) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    }
    // Counted at once: a crowd within one reporting interval spreads over equal nodes, and leaves a full one.
    this.reports.set(report.nodeId, withPlaced(report, meanSessionLoad(reports)));
    return report.nodeId;
  }

  /** Called once for each node that is about to end and takes nothing new. */
  onDraining(listener: (nodeId: string) => void): void {
    this.drainListeners.add(listener);
  }

  get ids(): string[] {
    return [...this.reports.keys()];
  }

  /** A node did not answer: it gets nothing more until it reports again. */
  forget(nodeId: string): void {
    this.reports.delete(nodeId);
  }

  /**
   * Throws until the first node has reported: a gateway that has just started must not refuse logins that
   * others would take. A node lost later does not make it unready, for its clients' messages go on.
   */
  async assertHeard(): Promise<void> {
    if (!this.everHeard) {
      throw new Error('no media node has reported yet');
    }
  }

  get count(): number {
    return this.reports.size;
  }
}
