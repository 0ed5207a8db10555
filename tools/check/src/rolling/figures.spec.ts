import { beforeEach, expect, test } from '@jest/globals';
import { MessageCount } from '../load/message-count.js';
import { Ledger } from '../messages/ledger.js';
import { ServiceFigures } from './figures.js';

let ledger: Ledger;
let figures: ServiceFigures;

beforeEach(() => {
  ledger = new Ledger();
  ledger.addReceiver('a', 'r1');
  figures = new ServiceFigures('room');
  figures.restarts.push({ instance: 'room-1', endedMs: 300, readyMs: 2500, ended: 0 });
  figures.logins.push({ ms: 20, retries: 0 }, { ms: 1200, retries: 2 });
  figures.gapsMs.push(60, 250);
});

function exchange(faults: { isLost?: boolean; isDuplicated?: boolean; isUnsent?: boolean } = {}): void {
  const { content, number } = ledger.write('r1');
  if (faults.isUnsent !== true) {
    ledger.handleAcknowledged('r1', number);
  }
  if (faults.isLost !== true) {
    ledger.handleReceived('a', content, true);
  }
  if (faults.isDuplicated === true) {
    ledger.handleReceived('a', content, true);
  }
}

test('a restart that users do not notice meets the goals', () => {
  const count = new MessageCount(ledger);
  exchange();
  figures.messages.push(count.read());
  expect(figures.isRight).toBe(true);
  expect(figures.describe()).toMatch(
    /^room: 1 restarts \(ended within 0\.3 s, ready within 2\.5 s\); 2 logins, 0 failed, 1 retried, the slowest 1\.2 s; 1 messages, 0 lost/,
  );
});

test('counts only what happened since', () => {
  exchange({ isLost: true });
  const count = new MessageCount(ledger);
  exchange();
  exchange({ isUnsent: true });
  expect(count.read()).toMatchObject({ acknowledged: 1, lost: 0, unsent: 1 });
});

test.each([{ isLost: true }, { isDuplicated: true }, { isUnsent: true }])(
  'a message with %p is a fault',
  (fault) => {
    const count = new MessageCount(ledger);
    exchange(fault);
    figures.messages.push(count.read());
    expect(figures.isRight).toBe(false);
  },
);

test('a failed login, a long gap of media and a process that ends badly are faults', () => {
  expect(figures.isRight).toBe(true);
  figures.logins.push({ ms: 15_000, retries: 9, failure: '1190204' });
  expect(figures.isRight).toBe(false);
  expect(figures.describe()).toContain('1 failed (1190204 1×)');
  figures.logins.pop();
  figures.gapsMs.push(251);
  expect(figures.isRight).toBe(false);
  figures.gapsMs.pop();
  figures.restarts.push({ instance: 'room-2', endedMs: 8000, readyMs: 9000, ended: 'SIGKILL' });
  expect(figures.isRight).toBe(false);
  expect(figures.describe()).toContain('room-2 ENDED WITH SIGKILL');
});
