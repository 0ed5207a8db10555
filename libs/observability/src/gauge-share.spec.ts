import { expect, test } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { GaugeShare } from './gauge-share.js';

test('the gauge is the sum of its shares', async () => {
  const gauge = new Gauge({ name: 'sessions', help: 'Sessions.', registers: [new Registry()] });
  const [one, other] = [new GaugeShare(gauge), new GaugeShare(gauge)];
  one.set(5);
  other.set(3);
  one.set(2);
  other.set(0);
  expect((await gauge.get()).values).toEqual([{ value: 2, labels: {} }]);
});
