import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Ports of recordings that are starting or running: the next one takes others, whatever the kernel says. */
const taken = new Set<number>();

/**
 * Two ports in a row on the loopback interface, RTP and RTCP, that were free a moment ago: ffmpeg binds them by
 * itself, so somebody else may come first, and the caller tries again with others.
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
 * Whether somebody has bound these ports on the loopback interface. The kernel is asked: to try it with a socket
 * would take the port from whoever is about to bind it.
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
