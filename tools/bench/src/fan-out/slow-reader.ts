import { median } from '../interleave.js';
import { Contender, type Shape } from './contender.js';
import { type Part } from './growth.js';
import { type Systems } from './systems.js';

const sampleMs = 2500;
const shape: Shape = {
  ...{ name: 'slow reader', rooms: 1, membersPerRoom: 500 },
  ...{ senders: 20, window: 16, pacedPerSecond: 60 },
};

/** What one member that does not read does to the 499 others. */
export async function measureSlowReader(systems: Systems, rounds: number): Promise<Part> {
  const healthy = await Contender.join(systems.polyroom, shape);
  const withStalled = await Contender.join(systems.polyroom, shape);
  await withStalled.stall();
  const ratios: number[] = [];
  const p99s = { healthy: [] as number[], stalled: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const one = await healthy.pace(sampleMs);
    const other = await withStalled.pace(sampleMs);
    if (round > 0) {
      ratios.push(other.latencies.p99Ms / one.latencies.p99Ms);
      p99s.healthy.push(one.latencies.p99Ms);
      p99s.stalled.push(other.latencies.p99Ms);
    }
  }
  await healthy.close();
  await withStalled.close();
  const row = (name: string, values: number[]): (string | number)[] => [
    ...[name, 'Polyroom', '', '', ''],
    median(values),
    '',
  ];
  return {
    figures: { slowReaderP99Ratio: median(ratios) },
    rows: [row('500, all read', p99s.healthy), row('500, one does not read', p99s.stalled)],
  };
}
