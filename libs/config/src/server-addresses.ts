/** A server of an address list. */
export interface ServerAddress {
  scheme: string;
  /** IPv6 addresses keep their brackets. */
  host: string;
  port: number;
  username: string | undefined;
  password: string | undefined;
  /** With its leading slash; empty if absent. */
  path: string;
}

export interface AddressRules {
  /** Allowed schemes. An entry without a scheme has that of the first entry, or the first of these. */
  schemes: readonly string[];
  defaultPort: number;
}

/** An address list is invalid. The message quotes no part of it, because it may contain a password. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * Parses `scheme://[user:password@]host[:port][/path]`, or a comma-separated list of them. Reserved
 * characters in a user name or password, including commas, must be percent-encoded. Throws AddressError.
 */
export function parseServerAddresses(text: string, rules: AddressRules): ServerAddress[] {
  const parts = text.split(',').map((part) => part.trim());
  const firstScheme = schemeOf(parts[0]!) ?? rules.schemes[0]!;
  return parts.map((part, index) => readAddress(part, index + 1, firstScheme, rules));
}

function readAddress(part: string, number: number, firstScheme: string, rules: AddressRules): ServerAddress {
  const scheme = schemeOf(part) ?? firstScheme;
  if (!rules.schemes.includes(scheme)) {
    throw new AddressError(`entry ${number} must begin with ${rules.schemes.join('://, ')}://`);
  }
  const full = schemeOf(part) === undefined ? `${scheme}://${part}` : part;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  // An unencoded `/`, `?` or `#` in a password ends the host early, and the rest follows it.
  if (
    url === undefined ||
    url.hostname === '' ||
    `${url.search}${url.hash}` !== '' ||
    url.pathname.includes('@')
  ) {
    throw new AddressError(
      `entry ${number} is not an address such as ${scheme}://host:${rules.defaultPort}; ` +
        'reserved characters in a user name or password must be percent-encoded',
    );
  }
  return {
    scheme,
    host: url.hostname,
    port: Number(url.port || rules.defaultPort),
    username: decode(url.username, number),
    password: decode(url.password, number),
    path: url.pathname === '/' ? '' : url.pathname,
  };
}

function schemeOf(part: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(part)?.[1]?.toLowerCase();
}

function decode(text: string, number: number): string | undefined {
  if (text === '') {
    return undefined;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError(`entry ${number} has a user name or password with an invalid percent-encoding`);
  }
}
