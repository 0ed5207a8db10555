import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  type InstanceReport,
  instanceReportEvents,
  instanceReportIntervalMs,
  nodeReported,
  type NodeReport,
} from '@polyroom/contracts';

/** A process that is silent for longer has ended, or is cut off. */
const instanceSilentMs = 3 * instanceReportIntervalMs;
/** Media nodes report every second. */
const nodeSilentMs = 5000;

interface Received<Report> {
  report: Report;
  /** The time of arrival: the clocks of two machines may differ. */
  atMs: number;
}

/** The processes of the cluster, by their latest reports. */
@Injectable()
export class ClusterDirectory implements OnModuleInit, OnModuleDestroy {
  private readonly instances = new Map<string, Received<InstanceReport>>();
  private readonly nodes = new Map<string, Received<NodeReport>>();
  private readonly subscriptions: BusSubscription[] = [];

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscriptions.push(
      ...[...new Set(Object.values(instanceReportEvents))].map((event) =>
        this.bus.subscribe(event, {}, (report) => {
          this.instances.set(`${report.service} ${report.instanceId}`, { report, atMs: Date.now() });
        }),
      ),
      this.bus.subscribe(nodeReported, {}, (report) => {
        this.nodes.set(report.nodeId, { report, atMs: Date.now() });
      }),
    );
  }

  onModuleDestroy(): void {
    this.subscriptions.forEach((subscription) => subscription.close());
  }

  listInstances(): (InstanceReport & { reportedAtMs: number })[] {
    return current(this.instances, instanceSilentMs)
      .map(({ report, atMs }) => ({ ...report, reportedAtMs: atMs }))
      .sort((a, b) => `${a.service} ${a.instanceId}`.localeCompare(`${b.service} ${b.instanceId}`));
  }

  listNodes(): NodeReport[] {
    return current(this.nodes, nodeSilentMs)
      .map(({ report }) => report)
      .sort((a, b) => a.nodeId.localeCompare(b.nodeId));
  }
}

/** Forgets what has been silent for too long. */
function current<Report>(reports: Map<string, Received<Report>>, silentMs: number): Received<Report>[] {
  const oldestMs = Date.now() - silentMs;
  for (const [key, { atMs }] of reports) {
    if (atMs < oldestMs) {
      reports.delete(key);
    }
  }
  return [...reports.values()];
}
