import { type IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { normalizeAddress } from './address-range.js';
import { type TrustedProxies } from './trusted-proxies.js';

/**
 * The client address of a request: the peer's, or, if the peer is a trusted proxy, the right-most address in
 * `X-Forwarded-For` that is not a trusted proxy's. Fastify's `trustProxy` does the same for its own requests.
 */
export function findClientAddress(request: IncomingMessage, proxies: TrustedProxies): string | undefined {
  const found = proxyAddr.all(request, (address) => proxies.has(address)).at(-1);
  return clientAddressOf(found, request.socket.remoteAddress);
}

/** The normalised address, or the peer's if a proxy forwarded an invalid one. */
export function clientAddressOf(found: string | undefined, peer: string | undefined): string | undefined {
  return normalizeAddress(found) ?? normalizeAddress(peer);
}
