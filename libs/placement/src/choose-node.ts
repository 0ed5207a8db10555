import { type NodeReport } from '@polyroom/contracts';

/** A node that has not reported for longer is taken for gone. Nodes report every second. */
export const silentAfterMs = 5000;

/** Above this load a node gets no session for the sake of company: its neighbours have more to give. */
const companyLoadLimit = 0.7;

/** Loads closer together than this are taken for equal: an idle node is never as idle as another. */
const loadStep = 0.05;

export interface PlacementWishes {
  nowMs: number;
  /** Where the user is. A node of another region is chosen only where this one has none. */
  region?: string;
  /** Nodes of the users one shares rooms with: a stream between them needs no hop between nodes. */
  preferNodeIds?: readonly string[];
}

/**
 * Chooses the media node of a new session, or undefined where none can take it. Silent and draining nodes
 * get nothing, nor does a node whose workers are all down. Named nodes come first while they have room,
 * then those of the same region; within each the least loaded, then the one with the fewest sessions.
 */
export function chooseNode(reports: readonly NodeReport[], wishes: PlacementWishes): string | undefined {
  const usable = reports.filter(
    (report) =>
      report.state === 'active' && report.workers > 0 && wishes.nowMs - report.atMs <= silentAfterMs,
  );
  const preferred = usable.filter(
    (report) => wishes.preferNodeIds?.includes(report.nodeId) === true && report.cpuLoad < companyLoadLimit,
  );
  const near = usable.filter((report) => report.region === wishes.region);
  return (leastLoaded(preferred) ?? leastLoaded(near) ?? leastLoaded(usable))?.nodeId;
}

function leastLoaded(reports: readonly NodeReport[]): NodeReport | undefined {
  return [...reports].sort(
    (left, right) =>
      Math.floor(left.cpuLoad / loadStep) - Math.floor(right.cpuLoad / loadStep) ||
      left.sessions - right.sessions ||
      // Two gateways with the same reports choose the same node.
      compareText(left.nodeId, right.nodeId),
  )[0];
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
