import { type Fault } from './fault.js';

/** What was seen of one alert. */
export interface Row {
  alert: string;
  fault: string;
  remedy: string;
  firedAfterSeconds: number | undefined;
  resolvedAfterSeconds: number | undefined;
}

export function isSeen({ firedAfterSeconds, resolvedAfterSeconds }: Row): boolean {
  return firedAfterSeconds !== undefined && resolvedAfterSeconds !== undefined;
}

/** Alerts that no fault provokes and no reason excuses, and entries for alerts that are not in the rules. */
export function findGaps(
  alerts: readonly string[],
  faults: readonly Pick<Fault, 'remedies'>[],
  excused: Readonly<Record<string, string>>,
): string[] {
  const provoked = faults.flatMap(({ remedies }) => Object.keys(remedies));
  const known = [...provoked, ...Object.keys(excused)];
  return [
    ...alerts.filter((alert) => !known.includes(alert)).map((alert) => `${alert} is not provoked`),
    ...known.filter((alert) => !alerts.includes(alert)).map((alert) => `${alert} is not in the rules`),
    ...provoked.filter((alert) => alert in excused).map((alert) => `${alert} is provoked and excused`),
  ];
}

/** The text of the section of an alert in the runbooks. */
export function sectionOf(runbooks: string, alert: string): string {
  return runbooks.split(/^## /m).find((section) => section.startsWith(`${alert}\n`)) ?? '';
}

export function describeRows(rows: readonly Row[]): string {
  const seconds = (value: number | undefined): string =>
    value === undefined ? 'never' : `${value.toFixed(0)} s`;
  const cells = [
    ['alert', 'fired after', 'resolved after', 'fault', 'remedy followed'],
    ...rows.map((row) => [
      row.alert,
      seconds(row.firedAfterSeconds),
      seconds(row.resolvedAfterSeconds),
      row.fault,
      row.remedy,
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
