import { createServer, type Server } from 'node:http';

const checksPerTimeout = 4;

/**
 * An HTTP server that ends a connection whose request, headers and body, has not arrived completely in time: from the
 * connection's start, or on a reused connection from the request's first byte. Fastify switches this off by default.
 */
export function createHttpServer(requestTimeoutMs: number): Server {
  return createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(1, requestTimeoutMs / checksPerTimeout),
  });
}
