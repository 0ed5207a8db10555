import { InvalidArgumentError } from 'commander';

const unitsMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `1h`, `2d` or `500ms` in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const value = match === null ? NaN : Math.round(Number(match[1]) * unitsMs[match[2]!]!);
  if (!(value > 0)) {
    throw new InvalidArgumentError('expected a duration such as 90s, 5m, 1h or 2d.');
  }
  return value;
}

/** An ISO 8601 time, or a duration from now, in Unix time in ms. */
export function parseTime(text: string): number {
  if (/^\+/.test(text)) {
    return Date.now() + parseDuration(text.slice(1));
  }
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) {
    throw new InvalidArgumentError('expected a time such as 2027-01-31T08:00:00Z, or +7d from now.');
  }
  return atMs;
}

/** Parses a whole number from `min` to `max`. */
export function parseInteger(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`expected a whole number ${bounds}.`);
    }
    return value;
  };
}

/** For options that may be given several times. */
export function collect(text: string, former: string[] | undefined): string[] {
  return [...(former ?? []), text];
}

export const parseAppId = parseInteger(1, 0xffffffff);

export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('expected the http or https address of a gateway.');
  }
  // They would end up in the profile and in logs.
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('must contain no user and no password.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
