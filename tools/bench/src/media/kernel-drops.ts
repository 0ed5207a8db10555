import { readFile } from 'node:fs/promises';

/** Packets for these local UDP ports that were dropped because the socket buffer was full. */
export async function countDrops(ports: ReadonlySet<number>): Promise<number> {
  const lines = (await readFile('/proc/net/udp', 'utf8')).trim().split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => ports.has(Number.parseInt(fields[1]!.split(':')[1]!, 16)))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}
