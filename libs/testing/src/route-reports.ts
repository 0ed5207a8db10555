import { fileURLToPath } from 'node:url';

export const reportPrefix = 'registered: ';
export type RouteReport = { route: string } | { port: number };

/** The flags of Node.js with which a process reports its routes and its ports. */
export const reportRoutesFlags: readonly string[] = [
  '--import',
  fileURLToPath(new URL('../dist/report-routes.js', import.meta.url)),
];

/** Collects the reports of processes from their logs. */
export class RouteReports {
  private readonly routes = new Map<string, Set<string>>();
  private readonly ports = new Map<string, Set<number>>();

  /** Takes one line of the log of a process. */
  readonly read = (process: string, text: string): void => {
    if (!text.startsWith(reportPrefix)) {
      return;
    }
    const report = JSON.parse(text.slice(reportPrefix.length)) as RouteReport;
    if ('route' in report) {
      add(this.routes, process, report.route);
    } else {
      add(this.ports, process, report.port);
    }
  };

  get processes(): string[] {
    return [...this.routes.keys()].sort();
  }

  routesOf(process: string): string[] {
    return [...(this.routes.get(process) ?? [])].sort();
  }

  portsOf(process: string): number[] {
    return [...(this.ports.get(process) ?? [])].sort((one, other) => one - other);
  }
}

function add<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  sets.set(key, (sets.get(key) ?? new Set<T>()).add(value));
}
