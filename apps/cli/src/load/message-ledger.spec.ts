import { expect, test } from '@jest/globals';
import { MessageLedger } from './message-ledger.js';
import { percentiles } from './percentiles.js';

test('counts what each member received, once', () => {
  const ledger = new MessageLedger(3, 'run');
  const text = ledger.begin(0, 0, 2);
  // Before the sender has its answer.
  ledger.receive(1, text);
  ledger.acknowledge(0);
  expect(ledger.isComplete).toBe(false);
  expect(ledger.totals()).toMatchObject({ sent: 1, expected: 2, delivered: 1, lost: 1, duplicated: 0 });
  ledger.receive(2, text);
  expect(ledger.isComplete).toBe(true);
  ledger.receive(2, text);
  ledger.receive(0, text);
  ledger.receive(1, 'other 0');
  ledger.receive(1, 'hello');
  expect(ledger.totals()).toMatchObject({ sent: 1, expected: 2, delivered: 2, lost: 0, duplicated: 1 });
  expect(ledger.totals().deliveryMs.count).toBe(2);
});

test('a message that the servers refused is not expected', () => {
  const ledger = new MessageLedger(2, 'run');
  ledger.begin(0, 0, 1);
  expect(ledger.totals()).toMatchObject({ sent: 0, expected: 0, delivered: 0, lost: 0 });
  expect(ledger.isComplete).toBe(true);
});

test('percentiles are by the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentiles(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99 });
  expect(percentiles([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7 });
  expect(percentiles([])).toEqual({ count: 0, p50: null, p95: null, p99: null });
});
