import { beforeEach, expect, test } from '@jest/globals';
import { Ledger } from './ledger.js';

let ledger: Ledger;

beforeEach(() => {
  ledger = new Ledger();
  ledger.addReceiver('a', 'r1');
  ledger.addReceiver('b', 'r1');
  ledger.addReceiver('c', 'r2');
});

test('a run without faults has no violations', () => {
  const { number, content } = ledger.write('r1');
  ledger.handleReceived('a', content, true, 'e 1');
  ledger.handleReceived('b', content, true, 'e 1');
  ledger.handleAcknowledged('r1', number);
  expect(ledger.verdict).toEqual({
    ...{ acknowledged: 1, deliveries: 2, lost: 0, duplicated: 0, reordered: 0, wrongRoom: 0, gone: 0 },
  });
});

test('an acknowledged message that was not received is lost, once for each receiver that lacks it', () => {
  const { number, content } = ledger.write('r1');
  ledger.write('r1');
  ledger.handleAcknowledged('r1', number);
  ledger.handleReceived('a', content, true);
  expect(ledger.lost).toEqual({ count: 1, receivers: ['b'] });
});

test('duplicates, wrong sequence numbers and wrong rooms are found', () => {
  const [one, two] = [ledger.write('r1'), ledger.write('r1')];
  ledger.handleReceived('a', one.content, true, 'e 1');
  ledger.handleReceived('a', one.content, true, 'e 1');
  // An order that differs from that of a.
  ledger.handleReceived('b', two.content, true, 'e 1');
  ledger.handleReceived('b', one.content, false, 'e 0');
  ledger.handleReceived('c', one.content, true, 'e 1');
  expect(ledger.verdict).toMatchObject({ duplicated: 1, reordered: 2, wrongRoom: 1 });
});
