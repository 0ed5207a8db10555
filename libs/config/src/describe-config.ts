import { redacted, redactUrls, secretName } from './redact.js';

/** A configuration for the log: what is secret by its name, and credentials inside a URL, are left out. */
export function describeConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      value !== undefined && secretName.test(name)
        ? redacted
        : typeof value === 'string'
          ? redactUrls(value)
          : value,
    ]),
  );
}
