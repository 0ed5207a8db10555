import { readFile } from 'node:fs/promises';

/** What Linux counts in: hundredths of a second, on every platform that Node.js runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** CPU time that a process has used, in seconds, user and system together. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold spaces: state is the third field, user and system time 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory in use. */
export async function readRssBytes(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) * pageBytes;
}
