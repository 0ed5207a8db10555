import { setTimeout as sleep } from 'node:timers/promises';
import { clientCloseCodes } from '@polyroom/contracts';
import { median } from '../interleave.js';
import { showProgress } from '../progress.js';
import { Contender, type Sample, type Shape } from './contender.js';
import { type Part } from './growth.js';
import { type Systems } from './systems.js';

/** Long, because the p99 of a few messages is a single one. */
const sampleMs = 4000;
const mostRoundsToCut = 10;
/** Less than the time that a disconnected client has to read the reason. */
const lookEveryMs = 1000;
/** The kernel buffers this much first. */
const notifiedWithinMs = 5000;
/** Long messages, which soon fill the kernel's buffer and then the gateway's. */
const shape: Shape = {
  ...{ name: 'slow reader', rooms: 1, membersPerRoom: 500 },
  ...{ senders: 20, window: 16, pacedPerSecond: 20, paddingBytes: 15_000 },
};

/**
 * Measures the effect of a member that does not read on the other members, and that it is disconnected in the
 * end and receives the reason. It keeps answering pings, so that only its backlog can end it; then another
 * one takes its place.
 */
export async function measureSlowReader(systems: Systems, rounds: number): Promise<Part> {
  const healthy = await Contender.join(systems.polyroom, shape);
  const withStalled = await Contender.join(systems.polyroom, shape);
  await healthy.pace(sampleMs);
  await withStalled.pace(sampleMs);
  const p99s = { healthy: [] as number[], stalled: [] as number[] };
  let cut = 0;
  let isStalled = false;
  const look = async (): Promise<void> => {
    const count = await readSlowReaders(systems);
    if (count > cut) {
      cut = count;
      isStalled = false;
      await withStalled.readAgain();
    }
  };
  const paceBesideStalled = async (): Promise<Sample> => {
    if (!isStalled) {
      await withStalled.stall();
      isStalled = true;
    }
    const timer = setInterval(() => void look(), lookEveryMs);
    const sample = await withStalled.pace(sampleMs);
    clearInterval(timer);
    await look();
    return sample;
  };
  for (let round = 0; round < rounds; round++) {
    showProgress(`a member that does not read: round ${round + 1} of ${rounds}`);
    p99s.healthy.push((await healthy.pace(sampleMs)).latencies.p99Ms);
    p99s.stalled.push((await paceBesideStalled()).latencies.p99Ms);
  }
  // Until no gateway buffers for it any more. No faster: the other members would fall behind as well.
  for (let more = 0; cut === 0 && more < mostRoundsToCut; more++) {
    await paceBesideStalled();
  }
  let notified = 0;
  for (let waitedMs = 0; notified < cut && waitedMs < notifiedWithinMs; waitedMs += 100) {
    await sleep(100);
    notified = (await withStalled.closeCodes()).filter((code) => code === clientCloseCodes.tooSlow).length;
  }
  await healthy.close();
  await withStalled.close();
  const row = (name: string, values: number[]): (string | number)[] => [
    ...[name, 'Polyroom', '', '', ''],
    median(values),
    '',
  ];
  return {
    figures: {
      slowReaderP99Ratio: median(p99s.stalled) / median(p99s.healthy),
      slowReadersCut: cut,
      slowReadersNotified: notified,
    },
    rows: [row('500, all read', p99s.healthy), row('500, one does not read', p99s.stalled)],
  };
}

/** The number of members that the gateways disconnected because they did not read. */
async function readSlowReaders({ metricsUrls }: Systems): Promise<number> {
  const texts = await Promise.all(metricsUrls.map(async (url) => (await fetch(url)).text()));
  return texts.reduce(
    (sum, text) => sum + Number(/^polyroom_gateway_slow_readers_total\S* (\d+)/m.exec(text)?.[1] ?? 0),
    0,
  );
}
