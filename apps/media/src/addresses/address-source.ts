import { isIP } from 'node:net';
import { cloudNames, type CloudName } from './cloud-metadata.js';

/** Where a media node learns an address under which clients reach it. */
export type AddressSource =
  | { kind: 'address'; address: string }
  /** The addresses of this machine's interfaces. */
  | { kind: 'own' }
  /** A file with addresses, which an init container or a machine's setup has written. */
  | { kind: 'file'; path: string }
  | { kind: 'stun'; host: string; port: number }
  /** The metadata service of a cloud; without a name, of the one that answers. */
  | { kind: 'metadata'; cloud: CloudName | undefined };

const stunPort = 3478;

/** Parses addresses and sources, separated by commas. Throws an Error that numbers the wrong entry. */
export function parseAddressSources(text: string): AddressSource[] {
  return text.split(',').map((entry, index) => {
    const source = parseEntry(entry.trim());
    if (source === undefined) {
      throw new Error(
        `entry ${index + 1} is no address, auto, file:/PATH, stun:HOST:PORT, metadata or metadata:CLOUD ` +
          `(${cloudNames.join(', ')})`,
      );
    }
    return source;
  });
}

function parseEntry(entry: string): AddressSource | undefined {
  if (entry === 'auto') {
    return { kind: 'own' };
  }
  const [scheme, rest] = splitScheme(entry);
  switch (scheme) {
    case undefined:
      return isAddress(entry) ? { kind: 'address', address: entry } : undefined;
    case 'file':
      return rest.startsWith('/') ? { kind: 'file', path: rest } : undefined;
    case 'stun':
      return parseStun(rest);
    case 'metadata': {
      const cloud = cloudNames.find((name) => name === rest);
      return cloud === undefined && rest !== '' ? undefined : { kind: 'metadata', cloud };
    }
  }
}

function splitScheme(entry: string): ['file' | 'stun' | 'metadata' | undefined, string] {
  const [, scheme, rest = ''] = /^(file|stun|metadata)(?::(.*))?$/.exec(entry) ?? [];
  return [scheme as 'file' | 'stun' | 'metadata' | undefined, rest];
}

function parseStun(text: string): AddressSource | undefined {
  const [, bracketed, plain, portText] = /^(?:\[([0-9a-f:]+)\]|([^:\s/]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(portText ?? stunPort);
  return host === undefined || !isAddress(host) || port < 1 || port > 65_535
    ? undefined
    : { kind: 'stun', host, port };
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(text);
}

/** As an operator has written it, for logs. */
export function describeSource(source: AddressSource): string {
  switch (source.kind) {
    case 'address':
      return source.address;
    case 'own':
      return 'auto';
    case 'file':
      return `file:${source.path}`;
    case 'stun':
      return `stun:${source.host}:${source.port}`;
    case 'metadata':
      return source.cloud === undefined ? 'metadata' : `metadata:${source.cloud}`;
  }
}
