import { CollectedMemory } from '../collected-memory.js';
import { Contender, type ContenderOptions } from './contender.js';
import { type Part } from './growth.js';
import { type Systems } from './systems.js';

/**
 * They are connected before the first sample, so that the one-time cost of the first sockets is not counted.
 */
const firstSockets = 1000;
const sockets = 3000;
const membersPerRoom = 10;

/**
 * Memory of an idle socket, compared with plain ws. Must be measured first: a process that was busy has spare
 * memory, and more sockets would seem to cost nothing.
 */
export async function measureIdleMemory(systems: Systems): Promise<Part> {
  const polyroom = await costOf(systems, systems.polyroom, 'gateway-1');
  const ws = await costOf(systems, systems.ws, 'ws');
  return {
    figures: { idleSocketKiB: polyroom, idleSocketKiBWs: ws },
    rows: [
      ['memory of an idle socket, KiB', 'Polyroom', '', '', '', '', polyroom.toFixed(1)],
      ['memory of an idle socket, KiB', 'ws', '', '', '', '', ws.toFixed(1)],
    ],
  };
}

async function costOf({ logs }: Systems, options: ContenderOptions, name: string): Promise<number> {
  const join = (count: number): Promise<Contender> =>
    Contender.join(
      // All on the one process that is measured.
      { ...options, ports: options.ports.slice(0, 1) },
      {
        ...{ name: 'idle', rooms: count / membersPerRoom, membersPerRoom },
        ...{ senders: 1, window: 1, pacedPerSecond: 1 },
      },
    );
  const memory = await CollectedMemory.of([{ name, pid: options.pids[name]! }], logs);
  const first = await join(firstSockets);
  const before = await memory.bytes();
  const more = await join(sockets);
  const after = await memory.bytes();
  await Promise.all([first.close(), more.close()]);
  memory.close();
  return (after - before) / sockets / 1024;
}
