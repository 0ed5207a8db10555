import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below Linux's ephemeral range (32768 and up by default): a server that is started a second later, or again
 * after a crash, must not find its port taken by an outgoing connection to Redis.
 */
const firstPort = 12_000;
const lastPort = 32_000;
const maxTries = 200;

/** Held for the lifetime of this process. */
const claims = new Map<number, Server>();

/**
 * A TCP port of the loopback interface without a listener, reserved for this process: otherwise two clusters
 * that start at the same time would occasionally get the same port, and one would use the other's service.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = randomInt(firstPort, lastPort);
    if (!claims.has(port) && (await claim(port))) {
      if (await isFree(port)) {
        return port;
      }
      claims.get(port)?.close();
      claims.delete(port);
    }
  }
  throw new Error(`no free port between ${firstPort} and ${lastPort} in ${maxTries} tries`);
}

/** An abstract socket serves as a lock that the kernel releases when its process ends, regardless of how. */
async function claim(port: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    return true;
  }
  const lock = await listen({ path: `\0polyroom-port-${port}` });
  if (lock === undefined) {
    return false;
  }
  claims.set(port, lock.unref());
  return true;
}

async function isFree(port: number): Promise<boolean> {
  const probe = await listen({ port, host: '127.0.0.1' });
  await new Promise<void>((resolve) => (probe === undefined ? resolve() : probe.close(() => resolve())));
  return probe !== undefined;
}

/** Undefined if the address is taken. */
function listen(address: { path: string } | { port: number; host: string }): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(address, () => resolve(server));
  });
}
