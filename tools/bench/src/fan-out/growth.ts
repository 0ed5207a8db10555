import { median } from '../interleave.js';
import { showProgress } from '../progress.js';
import { Contender } from './contender.js';
import { type Systems } from './systems.js';

export interface Part {
  figures: Record<string, number>;
  rows: (string | number)[][];
}

const sampleMs = 2500;
/** In smaller rooms the fixed cost of a message dominates the cost of a delivery, in every system. */
const smallest = 10;
const typical = 500;

/**
 * The cost of a delivery as a room grows. What a message costs once (numbering, storing, acknowledging) is
 * shared by its deliveries, which separates it from what the gateways do for each of them.
 */
export async function measureGrowth(systems: Systems, sizes: number[], rounds: number): Promise<Part> {
  const contenders: { size: number; contender: Contender }[] = [];
  for (const size of sizes) {
    // Always at least 500 sockets, so that the machine is as busy with small rooms as with large ones.
    const rooms = Math.max(1, Math.round(typical / size));
    const contender = await Contender.join(systems.polyroom, {
      name: `${size}`,
      ...{ rooms, membersPerRoom: size, senders: Math.max(20, rooms), window: 16, pacedPerSecond: 0 },
    });
    contenders.push({ size, contender });
  }
  const samples = contenders.map(() => ({ all: [] as number[], gateways: [] as number[] }));
  // The first round is a warm-up.
  for (let round = 0; round <= rounds; round++) {
    showProgress(`growing rooms: round ${round} of ${rounds}`);
    for (const [index, { contender }] of contenders.entries()) {
      const { cpuUsPerDelivery, byProcess } = await contender.saturate(sampleMs);
      if (round > 0) {
        samples[index]!.all.push(cpuUsPerDelivery);
        samples[index]!.gateways.push(byProcess['gateway-1']! + byProcess['gateway-2']!);
      }
    }
  }
  await Promise.all(contenders.map(({ contender }) => contender.close()));
  const costs = samples.map(({ all, gateways }) => ({ all: median(all), gateways: median(gateways) }));
  const of = (wanted: number): { all: number; gateways: number } => costs[sizes.indexOf(wanted)]!;
  const last = costs.at(-1)!;
  return {
    figures: {
      growthLargestVs10: last.all / of(smallest).all,
      growthLargestVs500: last.all / of(typical).all,
      growthGatewaysLargestVs500: last.gateways / of(typical).gateways,
    },
    rows: costs.map(({ all, gateways }, index) => [
      `${sizes[index]} members a room, saturated`,
      'Polyroom',
      '',
      all,
      '',
      '',
      `gateways ${gateways.toFixed(2)}`,
    ]),
  };
}
