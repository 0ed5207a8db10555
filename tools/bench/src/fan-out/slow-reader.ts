import { median } from '../interleave.js';
import { Contender, type Shape } from './contender.js';
import { type Part } from './growth.js';
import { type Systems } from './systems.js';

/** Long, because the p99 of a few messages is one of them. */
const sampleMs = 4000;
const mostRoundsToCut = 10;
/** Long messages, so that the kernel takes no more for the slow one soon, and then the gateway. */
const shape: Shape = {
  ...{ name: 'slow reader', rooms: 1, membersPerRoom: 500 },
  ...{ senders: 20, window: 16, pacedPerSecond: 20, paddingBytes: 15_000 },
};

/** What one member that does not read does to the 499 others, and that it is sent away in the end. */
export async function measureSlowReader(systems: Systems, rounds: number): Promise<Part> {
  const healthy = await Contender.join(systems.polyroom, shape);
  const withStalled = await Contender.join(systems.polyroom, shape);
  await healthy.pace(sampleMs);
  await withStalled.pace(sampleMs);
  await withStalled.stall();
  const p99s = { healthy: [] as number[], stalled: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const one = await healthy.pace(sampleMs);
    const other = await withStalled.pace(sampleMs);
    p99s.healthy.push(one.latencies.p99Ms);
    p99s.stalled.push(other.latencies.p99Ms);
  }
  // Until nobody keeps any more for it. At no higher rate: the others would be too slow as well.
  let cut = await readSlowReaders(systems);
  for (let more = 0; cut === 0 && more < mostRoundsToCut; more++) {
    await withStalled.pace(sampleMs);
    cut = await readSlowReaders(systems);
  }
  await healthy.close();
  await withStalled.close();
  const row = (name: string, values: number[]): (string | number)[] => [
    ...[name, 'Polyroom', '', '', ''],
    median(values),
    '',
  ];
  return {
    figures: { slowReaderP99Ratio: median(p99s.stalled) / median(p99s.healthy), slowReadersCut: cut },
    rows: [row('500, all read', p99s.healthy), row('500, one does not read', p99s.stalled)],
  };
}

/** How many members the gateways sent away because they did not read. */
async function readSlowReaders({ polyroom }: Systems): Promise<number> {
  const texts = await Promise.all(
    polyroom.ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  return texts.reduce(
    (sum, text) => sum + Number(/^polyroom_gateway_slow_readers_total\S* (\d+)/m.exec(text)?.[1] ?? 0),
    0,
  );
}
