import { type NodeReport } from '@polyroom/contracts';

/** A node without a report for longer counts as lost. Nodes report every second. */
export const silentAfterMs = 5000;

/** From this load on a node is not preferred for shared rooms, so that it keeps a reserve. */
const companyLoadLimit = 0.7;

/** Granularity of loads: smaller differences are noise, even between idle nodes. */
const loadStep = 0.05;

export interface PlacementWishes {
  nowMs: number;
  /** Region of the user. A node of another region is chosen only if this one has no usable node. */
  region?: string;
  /** Nodes of users in the same rooms: streams between users of one node need no pipe. */
  preferNodeIds?: readonly string[];
}

/**
 * Chooses the media node of a new session; undefined if no node is usable. Skips silent and draining nodes
 * and nodes without a running worker. Preferred nodes below their load limit come first, then nodes of the
 * same region; within each group the least loaded node, then the one with the fewest sessions.
 */
export function chooseNode(reports: readonly NodeReport[], wishes: PlacementWishes): string | undefined {
  const preferredIds = new Set(wishes.preferNodeIds);
  let preferred: NodeReport | undefined;
  let near: NodeReport | undefined;
  let usable: NodeReport | undefined;
  // One pass without sorting: a gateway with thousands of nodes does this for each new session.
  for (const report of reports) {
    if (report.state !== 'active' || report.workers <= 0 || wishes.nowMs - report.atMs > silentAfterMs) {
      continue;
    }
    usable = lessLoaded(usable, report);
    if (report.region === wishes.region) {
      near = lessLoaded(near, report);
    }
    if (report.cpuLoad < companyLoadLimit && preferredIds.has(report.nodeId)) {
      preferred = lessLoaded(preferred, report);
    }
  }
  return (preferred ?? near ?? usable)?.nodeId;
}

function lessLoaded(best: NodeReport | undefined, report: NodeReport): NodeReport {
  return best === undefined || compareLoad(report, best) < 0 ? report : best;
}

function compareLoad(left: NodeReport, right: NodeReport): number {
  return (
    Math.floor(left.cpuLoad / loadStep) - Math.floor(right.cpuLoad / loadStep) ||
    left.sessions - right.sessions ||
    // Ties break by ID, so that gateways with the same reports choose the same node.
    compareText(left.nodeId, right.nodeId)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
