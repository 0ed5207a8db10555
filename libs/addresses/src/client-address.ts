import { type IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { normalizeAddress } from './address-range.js';
import { type TrustedProxies } from './trusted-proxies.js';

/**
 * The address of the client behind a request: the peer's, or where the peer is a trusted proxy the right-most address
 * in `X-Forwarded-For` that is not a trusted proxy's. Fastify's `trustProxy` does the same for its own requests.
 */
export function findClientAddress(request: IncomingMessage, proxies: TrustedProxies): string | undefined {
  const found = proxyAddr.all(request, (address) => proxies.has(address)).at(-1);
  return clientAddressOf(found, request.socket.remoteAddress);
}

/** The normalised address that was found, or the peer's where a proxy has forwarded what is no address. */
export function clientAddressOf(found: string | undefined, peer: string | undefined): string | undefined {
  return normalizeAddress(found) ?? normalizeAddress(peer);
}
