import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, nodeReported, type NodeReport } from '@polyroom/contracts';
import { chooseNode, meanSessionLoad, silentAfterMs, withPlaced } from '@polyroom/placement';

/** A node that was taken for gone, and is not, is back within this; one that is started again may be. */
const absenceMs = 1500;

/** The media nodes as they last reported. */
@Injectable()
export class MediaNodes implements OnModuleInit, OnModuleDestroy {
  private readonly reports = new Map<string, NodeReport>();
  /** What those that do not answer reported last. */
  private readonly silent = new Map<string, NodeReport>();
  /** Called when a node is there that was not. */
  private readonly waiting = new Set<() => void>();
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
      this.add({ ...report, atMs: Date.now() });
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

  /** The same. Where there is none it waits a moment: one that was taken for gone in a busy minute is back soon. */
  async chooseOrWait(preferNodeIds: readonly string[], waitMs = absenceMs): Promise<string> {
    const endsAtMs = performance.now() + waitMs;
    for (;;) {
      try {
        return this.choose(preferNodeIds);
      } catch (error) {
        const leftMs = endsAtMs - performance.now();
        if (leftMs <= 0) {
          throw error;
        }
        await this.nextArrival(leftMs);
      }
    }
  }

  /** Called once for each node that is about to end and takes nothing new. */
  onDraining(listener: (nodeId: string) => void): void {
    this.drainListeners.add(listener);
  }

  get ids(): string[] {
    return [...this.reports.keys()];
  }

  /** Those that are known, and those that may answer again. */
  get watchedIds(): string[] {
    for (const [nodeId, { atMs }] of this.silent) {
      if (Date.now() - atMs > silentAfterMs) {
        this.silent.delete(nodeId);
      }
    }
    return [...this.reports.keys(), ...this.silent.keys()];
  }

  /** A node takes no sessions: it gets nothing more until it reports again. */
  forget(nodeId: string): void {
    this.reports.delete(nodeId);
    this.silent.delete(nodeId);
  }

  /** A node did not answer: it gets nothing more until it reports or answers. */
  suspect(nodeId: string): void {
    const report = this.reports.get(nodeId);
    if (report !== undefined) {
      this.reports.delete(nodeId);
      this.silent.set(nodeId, report);
    }
  }

  /** A node has answered. Another incarnation of it has other things to report. */
  trust(nodeId: string, incarnation: string): void {
    const report = this.silent.get(nodeId);
    if (report?.incarnation === incarnation) {
      this.add(report);
    }
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

  private add(report: NodeReport): void {
    this.silent.delete(report.nodeId);
    this.reports.set(report.nodeId, report);
    [...this.waiting].forEach((wake) => wake());
  }

  private nextArrival(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.waiting.add(wake);
    });
  }
}
