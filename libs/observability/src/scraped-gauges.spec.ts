import { afterEach, expect, test } from '@jest/globals';
import { register } from 'prom-client';
import { ScrapedGauges } from './scraped-gauges.js';

const name = 'polyroom_spec_things';
const opened: ScrapedGauges[] = [];

function open(read: () => Record<string, number>): ScrapedGauges {
  const gauges = new ScrapedGauges([
    {
      name,
      help: 'Things.',
      labelNames: ['kind'],
      read: (set) => Object.entries(read()).forEach(([kind, value]) => set(value, { kind })),
    },
  ]);
  opened.push(gauges);
  return gauges;
}

const samples = async () => (await register.metrics()).split('\n').filter((line) => line.startsWith(name));

afterEach(() => opened.splice(0).forEach((gauges) => gauges.close()));

test('reads at each scrape, and keeps no sample of the one before', async () => {
  let things: Record<string, number> = { old: 1 };
  open(() => things);
  expect(await samples()).toEqual([`${name}{kind="old"} 1`]);
  things = { new: 2 };
  expect(await samples()).toEqual([`${name}{kind="new"} 2`]);
});

test('shows the last of several applications, also after an earlier one has closed', async () => {
  const first = open(() => ({ first: 1 }));
  const second = open(() => ({ second: 1 }));
  first.close();
  expect(await samples()).toEqual([`${name}{kind="second"} 1`]);
  second.close();
  expect(await samples()).toEqual([]);
});
