import { type NodeReport } from '@polyroom/contracts';

/** What a session costs at the moment, as a share of a node: a session places no load before it plays. */
export function meanSessionLoad(reports: readonly NodeReport[]): number {
  const sessions = reports.reduce((sum, report) => sum + report.sessions, 0);
  return sessions === 0 ? 0 : reports.reduce((sum, report) => sum + report.cpuLoad, 0) / sessions;
}

/**
 * A report as it is going to be once a session that was just placed does what others do. A crowd within one
 * reporting interval would otherwise all follow the first of it, however full the node is by then.
 */
export function withPlaced(report: NodeReport, sessionLoad: number): NodeReport {
  return { ...report, sessions: report.sessions + 1, cpuLoad: report.cpuLoad + sessionLoad };
}
