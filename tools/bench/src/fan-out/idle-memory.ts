import { Contender, type ContenderOptions } from './contender.js';
import { type Part } from './growth.js';
import { readRssBytes } from './process-cost.js';
import { type Systems } from './systems.js';

const sockets = 1000;

/** Memory of a socket that says nothing, beside that of bare ws. */
export async function measureIdleMemory(systems: Systems): Promise<Part> {
  const polyroom = await costOf(systems.polyroom, ['gateway-1', 'gateway-2']);
  const ws = await costOf(systems.ws, ['ws']);
  return {
    figures: { idleSocketKiB: polyroom, idleSocketKiBWs: ws },
    rows: [
      ['memory of an idle socket, KiB', 'Polyroom', '', '', '', '', polyroom.toFixed(1)],
      ['memory of an idle socket, KiB', 'ws', '', '', '', '', ws.toFixed(1)],
    ],
  };
}

async function costOf(options: ContenderOptions, processes: string[]): Promise<number> {
  const read = async (): Promise<number> => {
    const sizes = await Promise.all(processes.map((name) => readRssBytes(options.pids[name]!)));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const before = await read();
  const contender = await Contender.join(options, {
    ...{ name: 'idle', rooms: sockets / 10, membersPerRoom: 10, senders: 1, window: 1, pacedPerSecond: 1 },
  });
  const after = await read();
  await contender.close();
  return (after - before) / sockets / 1024;
}
