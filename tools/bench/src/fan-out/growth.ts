import { Contender } from './contender.js';
import { type Systems } from './systems.js';

export interface Part {
  figures: Record<string, number>;
  rows: (string | number)[][];
}

const sampleMs = 2500;

/**
 * The cost of a delivery as a room grows. What a message costs once (numbering, storing, acknowledging) is
 * shared by its deliveries, so that it is told apart from what the gateways do for each of them.
 */
export async function measureGrowth(systems: Systems, sizes: number[]): Promise<Part> {
  const costs: { size: number; all: number; gateways: number }[] = [];
  for (const size of sizes) {
    // Always some 500 sockets or more, so that the machine is as busy with small rooms as with large ones.
    const rooms = Math.max(1, Math.round(500 / size));
    const contender = await Contender.join(systems.polyroom, {
      name: `${size}`,
      ...{ rooms, membersPerRoom: size, senders: Math.max(20, rooms), window: 16, pacedPerSecond: 0 },
    });
    await contender.saturate(sampleMs);
    const sample = await contender.saturate(sampleMs);
    await contender.close();
    const gateways = sample.byProcess['gateway-1']! + sample.byProcess['gateway-2']!;
    costs.push({ size, all: sample.cpuUsPerDelivery, gateways });
  }
  const first = costs[0]!;
  const last = costs.at(-1)!;
  return {
    figures: {
      growthCostLargestVsSmallest: last.all / first.all,
      growthGatewayCostLargestVs500: last.gateways / costs.find(({ size }) => size === 500)!.gateways,
    },
    rows: costs.map(({ size, all, gateways }) => [
      `${size} members a room, saturated`,
      'Polyroom',
      '',
      all,
      '',
      '',
      `gateways ${gateways.toFixed(2)}`,
    ]),
  };
}
