/** A measured system: its name and how to take one sample. */
export interface Contender {
  name: string;
  sample: () => Promise<number>;
}

export interface Rounds {
  /** Per contender, one value for each counted round. */
  values: Record<string, number[]>;
  /** Per round, the measured system over the baseline. */
  ratios: number[];
  medianRatio: number;
}

/**
 * Measures two contenders alternately (A B A B …), so that a drift of the machine affects both. The first
 * round is a warm-up and is not counted; quote the median of the ratios of the rounds.
 */
export async function interleave(measured: Contender, baseline: Contender, rounds: number): Promise<Rounds> {
  const values: Record<string, number[]> = { [measured.name]: [], [baseline.name]: [] };
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const measuredValue = await measured.sample();
    const baselineValue = await baseline.sample();
    if (round > 0) {
      values[measured.name]!.push(measuredValue);
      values[baseline.name]!.push(baselineValue);
      ratios.push(measuredValue / baselineValue);
    }
  }
  return { values, ratios, medianRatio: median(ratios) };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new Error('there is no median of nothing');
  }
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
