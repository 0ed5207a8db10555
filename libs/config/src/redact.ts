export const redacted = '[redacted]';
/** Not the path of a file that holds a secret. */
export const secretName = /^(?!.*_FILE$).*(TOKEN|SECRET|PASSWORD|SIGN|KEY)/i;

/** `name=value,name=value`: collectors of traces take keys in headers. */
const exporterHeaders = /^OTEL_EXPORTER_OTLP_(TRACES_)?HEADERS$/;

/** Shorter secrets would match inside ordinary words. */
const minSecretLength = 6;

/** Removes credentials from URLs, including address lists. */
export function redactUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'`\\/]*@/gi, `$1${redacted}@`);
}

/** Formats a valid address list without credentials and parameters. */
export function withoutCredentials(addresses: string): string {
  return addresses
    .split(',')
    .map((address) => address.replace(/^(\s*[a-z0-9+.-]+:\/\/)?[^@]*@/i, '$1').replace(/\?.*$/, ''))
    .join(',');
}

/**
 * Creates a function that redacts secrets in a text: credentials in URLs, and every secret in Polyroom's
 * environment, in each form in which a library or a JSON line may repeat it.
 */
export function createRedactor(
  env: Record<string, string | undefined> = process.env,
): (text: string) => string {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && exporterHeaders.test(name)) {
      headersIn(value).forEach((secret) => formsOf(secret).forEach((form) => secrets.add(form)));
    } else if (value !== undefined && (name.startsWith('POLYROOM_') || name === 'DATABASE_URL')) {
      [...(secretName.test(name) ? secretsIn(value) : []), ...passwordsIn(value)].forEach((secret) =>
        formsOf(secret).forEach((form) => secrets.add(form)),
      );
    }
  }
  // Longest first: one secret may contain another.
  const ordered = [...secrets]
    .filter((secret) => secret.length >= minSecretLength)
    .sort((one, other) => other.length - one.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, redacted), redactUrls(text));
}

/**
 * The secrets in a variable: JSON fields with secret names, the secrets of `name:secret` entries, or the
 * whole value.
 */
function secretsIn(value: string): string[] {
  const entries = value.split(',').map((entry) => entry.trim());
  return [
    ...secretFieldsIn(parseJson(value)),
    value,
    ...entries.map((entry) => entry.slice(entry.indexOf(':') + 1)),
  ];
}

/** The values, and what follows the scheme in `Authorization=Bearer …`. */
function headersIn(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.slice(entry.indexOf('=') + 1).trim())
    .flatMap((text) => [text, ...decoded(text).split(' ').slice(1)]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secretFieldsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === 'string' ? (secretName.test(name) ? [field] : []) : secretFieldsIn(field),
  );
}

/** The passwords in an address list, valid or not. */
function passwordsIn(value: string): string[] {
  const start = value.indexOf('://');
  if (start < 0) {
    return [];
  }
  const chunks = value
    .slice(start + 3)
    .split('@')
    .slice(0, -1);
  // A password may contain an unencoded comma, colon or @, and a host may have a port: every possible split
  // is redacted.
  return [...chunks, chunks.join('@')].flatMap((chunk) => suffixesBehindColons(chunk));
}

function suffixesBehindColons(text: string): string[] {
  return text
    .split(':')
    .flatMap((_part, index, parts) => (index === 0 ? [] : [parts.slice(index).join(':')]));
}

function formsOf(secret: string): string[] {
  return [secret, decoded(secret), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}
