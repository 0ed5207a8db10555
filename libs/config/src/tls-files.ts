import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from './load-config.js';

/** What a TLS client trusts, and its own certificate, as PEM. */
export interface TlsFiles {
  /** The certificate authorities that may sign the server's certificate, instead of those of the system. */
  ca?: string;
  /** The client's certificate and its key; neither or both. */
  cert?: string;
  key?: string;
}

/** The schemes of addresses with TLS, in an address list. */
const tlsScheme = /(^|,)\s*(tls|rediss)(\+cluster)?:\/\//i;

/**
 * Reads the files that the variables of a server name; undefined if none is set.
 * @throws ConfigError if one cannot be read or used, or if the server's address does not demand TLS
 */
export function readTlsFiles(
  server: 'NATS' | 'REDIS',
  values: Readonly<Record<string, unknown>>,
): TlsFiles | undefined {
  const nameOf = (file: 'CA' | 'CERT' | 'KEY'): string => `POLYROOM_${server}_${file}_FILE`;
  const pathOf = (file: 'CA' | 'CERT' | 'KEY'): string | undefined => {
    const path = values[nameOf(file)];
    return typeof path === 'string' ? path : undefined;
  };
  const [caPath, certPath, keyPath] = [pathOf('CA'), pathOf('CERT'), pathOf('KEY')];
  const first = (['CA', 'CERT', 'KEY'] as const).find((file) => pathOf(file) !== undefined);
  if (first === undefined) {
    return undefined;
  }
  const addressName = `POLYROOM_${server}_URL`;
  if (!tlsScheme.test(String(values[addressName]))) {
    const scheme = server === 'NATS' ? 'tls' : 'rediss';
    throw new ConfigError(`${nameOf(first)} needs an address with ${scheme}:// in ${addressName}`);
  }
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new ConfigError(`${nameOf('CERT')} and ${nameOf('KEY')} must be set together`);
  }
  const files: TlsFiles = {};
  if (caPath !== undefined) {
    files.ca = readPem(nameOf('CA'), caPath);
    checkCertificate(nameOf('CA'), files.ca);
  }
  if (certPath !== undefined && keyPath !== undefined) {
    files.cert = readPem(nameOf('CERT'), certPath);
    checkCertificate(nameOf('CERT'), files.cert);
    files.key = readPem(nameOf('KEY'), keyPath);
    checkKey(nameOf('KEY'), nameOf('CERT'), files);
  }
  return files;
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function checkCertificate(name: string, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw new ConfigError(`${name}: is not a certificate in PEM`);
  }
}

function checkKey(name: string, certName: string, { cert, key }: TlsFiles): void {
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new ConfigError(`${name}: is not the key, in PEM and without a passphrase, of ${certName}`);
  }
}

/** Codes of OpenSSL and Node.js for a certificate that is refused. */
const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
/** The alerts with which a server refuses the client's certificate, or its absence. */
const certificateAlert = /_ALERT_(CERTIFICATE_|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE)/;

/** True if client or server refuses the other's certificate: a retry cannot succeed. */
export function isCertificateRefused(error: unknown): boolean {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown };
  return (
    (typeof code === 'string' && (certificateCodes.has(code) || certificateAlert.test(code))) ||
    (cause !== undefined && cause !== error && isCertificateRefused(cause))
  );
}
