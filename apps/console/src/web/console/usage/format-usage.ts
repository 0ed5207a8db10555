const units = ['B', 'kB', 'MB', 'GB', 'TB'];
const hours = new Intl.DateTimeFormat(undefined, { hour: 'numeric' });
const days = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** With three significant digits. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString(undefined, { maximumSignificantDigits: 3 })} ${units[power]}`;
}

/** Whole numbers, except for the first ten. */
export function formatMinutes(minutes: number): string {
  return minutes.toLocaleString(undefined, { maximumFractionDigits: minutes < 10 ? 1 : 0 });
}

export const formatCount = (count: number): string => count.toLocaleString();

/** The beginning of an hour in the time zone of the browser, or a day in UTC. */
export function formatStep(fromMs: number, isHourly: boolean): string {
  return (isHourly ? hours : days).format(fromMs);
}
