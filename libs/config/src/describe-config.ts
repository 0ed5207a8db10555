const secretName = /TOKEN|SECRET|PASSWORD|SIGN|KEY/i;
const redacted = '[redacted]';

/** A configuration for the log: what is secret by its name, and credentials inside a URL, are left out. */
export function describeConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      value !== undefined && secretName.test(name) ? redacted : withoutCredentials(value),
    ]),
  );
}

function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/(\/\/)[^/@\s]+@/g, `$1${redacted}@`) : value;
}
