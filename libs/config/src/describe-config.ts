import { redacted, redactUrls, secretName } from './redact.js';

/**
 * Formats a configuration for the log, without secrets (detected by name) and without credentials in URLs.
 */
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
