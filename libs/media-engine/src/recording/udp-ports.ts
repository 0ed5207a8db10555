import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Ports of starting or running recordings, excluded even if the kernel reports them free. */
const taken = new Set<number>();

/**
 * Reserves two consecutive ports on the loopback interface, for RTP and RTCP, that were free a moment ago.
 * ffmpeg binds them itself, so another process may be faster; the caller then retries with others.
 */
export async function takePortPair({ min, max }: { min: number; max: number }): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = min + Math.floor(Math.random() * (max - min));
    const port = first - (first % 2);
    if (port < min || taken.has(port)) {
      continue;
    }
    taken.add(port);
    if ((await isFree(port)) && (await isFree(port + 1))) {
      return port;
    }
    taken.delete(port);
  }
  throw new Error(`no two free UDP ports between ${min} and ${max}`);
}

/** Idempotent. */
export function returnPortPair(port: number): void {
  taken.delete(port);
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/**
 * Whether these ports are bound on the loopback interface. Reads the kernel's socket table: binding a test
 * socket would take the port from the process that is about to bind it.
 */
export async function areBound(ports: readonly number[]): Promise<boolean> {
  const bound = new Set(
    (await readFile('/proc/net/udp', 'latin1'))
      .split('\n')
      .map((line) => /^\s*\d+: 0100007F:([0-9A-F]{4}) /.exec(line)?.[1])
      .flatMap((hex) => (hex === undefined ? [] : [Number.parseInt(hex, 16)])),
  );
  return ports.every((port) => bound.has(port));
}
