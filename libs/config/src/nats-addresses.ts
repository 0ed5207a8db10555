import { isIP } from 'node:net';
import {
  AddressError,
  type AddressRules,
  parseServerAddresses,
  type ServerAddress,
} from './server-addresses.js';

/** `tls` rejects a server without TLS. */
const rules: AddressRules = { schemes: ['nats', 'tls'], defaultPort: 4222 };

/** Parses a list of NATS servers. Throws AddressError. */
export function parseNatsAddresses(text: string): ServerAddress[] {
  const entries = parseServerAddresses(text, rules);
  const nameless = entries.findIndex(({ host }) => isIP(host.replace(/^\[|\]$/g, '')) !== 0);
  // The client would compare the certificate with `localhost`, or with the name of another server.
  if (nameless >= 0 && entries.some(({ scheme }) => scheme === 'tls')) {
    throw new AddressError(
      `entry ${nameless + 1} must have a host name, because a certificate is verified against it`,
    );
  }
  return entries;
}
