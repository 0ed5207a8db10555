import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below what Linux gives to outgoing connections (32768 and up by default): a server that is started a second
 * later, or again after a crash, must not find its port taken by somebody's connection to Redis.
 */
const firstPort = 12_000;
const lastPort = 32_000;
const maxTries = 200;

/** Held as long as this process lives. */
const claims = new Map<number, Server>();

/**
 * A TCP port of the loopback interface that nobody listens on, and that no other process gets from here as long
 * as this one lives: two clusters that start side by side would otherwise be given the same port now and then,
 * and one of them take the other's service for its own.
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

/** An abstract socket is a lock that the kernel lets go of when its process ends, however it ends. */
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

/** Nothing where the address is taken. */
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
