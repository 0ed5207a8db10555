import { type NodeReport } from '@polyroom/contracts';

/**
 * Mean load per session, as a share of a node. Estimates a new session, which has no load before it plays.
 */
export function meanSessionLoad(reports: readonly NodeReport[]): number {
  const sessions = reports.reduce((sum, report) => sum + report.sessions, 0);
  return sessions === 0 ? 0 : reports.reduce((sum, report) => sum + report.cpuLoad, 0) / sessions;
}

/**
 * Adds a newly placed session of mean load to a report. Otherwise a burst of sessions within one reporting
 * interval would all be placed on the same node, however full it becomes.
 */
export function withPlaced(report: NodeReport, sessionLoad: number): NodeReport {
  return { ...report, sessions: report.sessions + 1, cpuLoad: report.cpuLoad + sessionLoad };
}
