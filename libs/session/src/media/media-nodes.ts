import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit, Optional } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, nodeReported, type NodeReport } from '@polyroom/contracts';
import { chooseNode, meanSessionLoad, silentAfterMs, withPlaced } from '@polyroom/placement';
import { SESSION_CONFIG, type SessionConfig } from '../session.config.js';

/** A node that was wrongly considered lost is back within this time; a restarted one may be. */
const absenceMs = 1500;

/** The media nodes with their latest reports. */
@Injectable()
export class MediaNodes implements OnModuleInit, OnModuleDestroy {
  private readonly reports = new Map<string, NodeReport>();
  /** The latest reports of nodes that do not respond. */
  private readonly silent = new Map<string, NodeReport>();
  /** Called when a node becomes available. */
  private readonly waiting = new Set<() => void>();
  private subscription: BusSubscription | undefined;
  private readonly drainListeners = new Set<(nodeId: string) => void>();
  private readonly hearers = new Set<(nodeId: string) => void>();
  private everHeard = false;

  constructor(
    private readonly bus: Bus,
    /** Absent in the recorder, which places no sessions. */
    @Optional()
    @Inject(SESSION_CONFIG)
    private readonly config?: Pick<SessionConfig, 'region'>,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(nodeReported, {}, (report) => {
      this.everHeard = true;
      const startsToDrain =
        report.state === 'draining' && this.reports.get(report.nodeId)?.state !== 'draining';
      // The time of arrival, because the clocks of two machines may differ.
      this.add({ ...report, atMs: Date.now() });
      if (startsToDrain) {
        this.drainListeners.forEach((listener) => listener(report.nodeId));
      }
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  /** Chooses the node of a new session: one of the named ones if it has capacity, then one of this region. */
  choose(preferNodeIds: readonly string[]): string {
    const reports = [...this.reports.values()];
    const nodeId = chooseNode(reports, {
      nowMs: Date.now(),
      preferNodeIds,
      ...(this.config?.region === undefined ? {} : { region: this.config.region }),
    });
    const report = nodeId === undefined ? undefined : this.reports.get(nodeId);
    if (report === undefined) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    }
    // Counted at once, so that a burst of sessions within one reporting interval is spread over equal nodes
    // and stops at a full one.
    this.reports.set(report.nodeId, withPlaced(report, meanSessionLoad(reports)));
    return report.nodeId;
  }

  /**
   * Same as `choose`. Without a node it waits: one that was wrongly considered lost under load is back soon.
   */
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

  /** Calls the listener once for each node that drains and accepts no new sessions. */
  onDraining(listener: (nodeId: string) => void): void {
    this.drainListeners.add(listener);
  }

  /** Calls the listener each time a node reports, or responds after a silence. */
  onHeard(listener: (nodeId: string) => void): void {
    this.hearers.add(listener);
  }

  get ids(): string[] {
    return [...this.reports.keys()];
  }

  /** Known nodes, and lost ones that may respond again. */
  get watchedIds(): string[] {
    for (const [nodeId, { atMs }] of this.silent) {
      if (Date.now() - atMs > silentAfterMs) {
        this.silent.delete(nodeId);
      }
    }
    return [...this.reports.keys(), ...this.silent.keys()];
  }

  /** A node refused a session: it is not used until it reports again. */
  forget(nodeId: string): void {
    this.reports.delete(nodeId);
    this.silent.delete(nodeId);
  }

  /** A node did not respond: it is not used until it reports or responds. */
  suspect(nodeId: string): void {
    const report = this.reports.get(nodeId);
    if (report !== undefined) {
      this.reports.delete(nodeId);
      this.silent.set(nodeId, report);
    }
  }

  /** A node has responded. A different incarnation has to report first. */
  trust(nodeId: string, incarnation: string): void {
    const report = this.silent.get(nodeId);
    if (report?.incarnation === incarnation) {
      this.add(report);
    }
  }

  /**
   * Throws until the first node has reported: a gateway that has just started must not refuse logins that
   * other gateways would accept. A node lost later does not make it unready, because its clients' messages
   * continue.
   */
  async assertHeard(): Promise<void> {
    if (!this.everHeard) {
      throw new Error('no media node has reported yet');
    }
  }

  /** Whether the latest report of the node, which may have ended since, was that it drains. */
  isDraining(nodeId: string): boolean {
    return (this.reports.get(nodeId) ?? this.silent.get(nodeId))?.state === 'draining';
  }

  get count(): number {
    return this.reports.size;
  }

  private add(report: NodeReport): void {
    const { nodeId } = report;
    this.silent.delete(nodeId);
    this.reports.set(nodeId, report);
    this.hearers.forEach((listener) => listener(nodeId));
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
