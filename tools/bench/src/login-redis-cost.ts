import { type Redis } from 'ioredis';

export interface RedisCost {
  /** Time inside the Lua commands, from INFO commandstats. */
  scriptUs: number;
  /** CPU time of the server's main thread: the commands, and reading and writing sockets. */
  cpuUs: number;
}

/** The work of each server during a run. No other client may use them at that time. */
export async function costOf(servers: readonly Redis[], work: () => Promise<void>): Promise<RedisCost[]> {
  await Promise.all(servers.map((server) => server.config('RESETSTAT')));
  const before = await Promise.all(servers.map(readCpuUs));
  await work();
  return Promise.all(
    servers.map(async (server, index) => {
      const stats = await server.info('commandstats');
      return {
        scriptUs: usecOf(stats, 'evalsha') + usecOf(stats, 'eval'),
        cpuUs: (await readCpuUs(server)) - before[index]!,
      };
    }),
  );
}

function usecOf(stats: string, command: string): number {
  return Number(new RegExp(`cmdstat_${command}:calls=\\d+,usec=(\\d+)`).exec(stats)?.[1] ?? 0);
}

async function readCpuUs(server: Redis): Promise<number> {
  const info = await server.info('cpu');
  const seconds = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1_000_000;
}
