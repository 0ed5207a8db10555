import { table } from '../output/table.js';
import { type Need, type Plan, type PlanInput } from './make-plan.js';

export function describePlan(input: PlanInput, { memberships, needs, plays, rooms }: Plan): string {
  return [
    `${input.users} users, ${memberships} memberships in ${rooms} rooms`,
    `${input.streams} streams published, ${plays} played`,
    `at the peak ${input.loginsPerSecond} logins and as many logouts, ${input.messagesPerSecond} messages a second`,
    '',
    table(
      ['', 'INSTANCES', 'CORES', 'MEMORY', 'STORAGE', 'IN', 'OUT', 'DECIDED BY'],
      needs.map((need) => [
        need.component,
        need.instances,
        need.cores.toFixed(2),
        bytes(need.memoryBytes),
        bytes(need.storageBytes),
        ...[need.inBps, need.outBps].map(bandwidth),
        need.decidedBy,
      ]),
    ),
    '',
    'The figures are for all instances of a kind together. Cores are planned to be busy to 70 %; one instance is',
    'spare, except for Redis and NATS. Memory is that of the load: add what an idle process takes.',
  ].join('\n');
}

function bytes(value: Need['memoryBytes']): string | undefined {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return value === 0 ? undefined : `${(value / 1024 ** power).toFixed(1)} ${units[power]}`;
}

function bandwidth(bps: number): string | undefined {
  return bps === 0
    ? undefined
    : bps < 1e9
      ? `${(bps / 1e6).toFixed(0)} Mbit/s`
      : `${(bps / 1e9).toFixed(1)} Gbit/s`;
}
