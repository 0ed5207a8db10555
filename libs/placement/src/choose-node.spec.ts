import { expect, test } from '@jest/globals';
import { type NodeReport } from '@polyroom/contracts';
import fc from 'fast-check';
import { chooseNode, silentAfterMs } from './choose-node.js';

const nowMs = 1_000_000;

function report(nodeId: string, over: Partial<NodeReport> = {}): NodeReport {
  return {
    nodeId,
    state: 'active',
    region: 'eu',
    cpuLoad: 0.2,
    sessions: 10,
    workers: 2,
    atMs: nowMs,
    incarnation: 'one',
    ...over,
  };
}

test('returns undefined without nodes', () => {
  expect(chooseNode([], { nowMs })).toBeUndefined();
});

test('skips draining nodes, silent nodes and nodes without a worker, even if preferred', () => {
  const reports = [
    report('nd_draining', { state: 'draining', cpuLoad: 0 }),
    report('nd_silent', { atMs: nowMs - silentAfterMs - 1, cpuLoad: 0 }),
    report('nd_broken', { workers: 0, cpuLoad: 0 }),
  ];
  const preferNodeIds = reports.map(({ nodeId }) => nodeId);
  expect(chooseNode(reports, { nowMs, preferNodeIds })).toBeUndefined();
  expect(chooseNode([...reports, report('nd_busy', { cpuLoad: 0.99 })], { nowMs, preferNodeIds })).toBe(
    'nd_busy',
  );
});

test('accepts a report up to five seconds old', () => {
  expect(chooseNode([report('nd_1', { atMs: nowMs - silentAfterMs })], { nowMs })).toBe('nd_1');
});

test('chooses a preferred node up to its load limit', () => {
  const idle = report('nd_idle', { cpuLoad: 0 });
  const wishes = { nowMs, preferNodeIds: ['nd_friends'] };
  expect(chooseNode([idle, report('nd_friends', { cpuLoad: 0.69 })], wishes)).toBe('nd_friends');
  expect(chooseNode([idle, report('nd_friends', { cpuLoad: 0.7 })], wishes)).toBe('nd_idle');
});

test('ranks preferred nodes above the region, and the region above the load', () => {
  const reports = [
    report('nd_us', { region: 'us', cpuLoad: 0 }),
    report('nd_eu', { cpuLoad: 0.9 }),
    report('nd_asia', { region: 'asia', cpuLoad: 0.5 }),
  ];
  expect(chooseNode(reports, { nowMs, region: 'eu' })).toBe('nd_eu');
  expect(chooseNode(reports, { nowMs, region: 'eu', preferNodeIds: ['nd_asia'] })).toBe('nd_asia');
  expect(chooseNode(reports, { nowMs, region: 'antarctica' })).toBe('nd_us');
  expect(chooseNode(reports, { nowMs })).toBe('nd_us');
});

test('chooses the node with fewer sessions at equal load', () => {
  expect(chooseNode([report('nd_1', { sessions: 3 }), report('nd_2', { sessions: 2 })], { nowMs })).toBe(
    'nd_2',
  );
});

test('ignores small differences in load', () => {
  const reports = [
    report('nd_1', { cpuLoad: 0.011, sessions: 3 }),
    report('nd_2', { cpuLoad: 0.034, sessions: 2 }),
  ];
  expect(chooseNode(reports, { nowMs })).toBe('nd_2');
});

test('does not depend on the order of the reports', () => {
  const reportArbitrary = fc.record({
    nodeId: fc.constantFrom('nd_1', 'nd_2', 'nd_3', 'nd_4', 'nd_5', 'nd_6'),
    state: fc.constantFrom<NodeReport['state']>('active', 'draining'),
    region: fc.constantFrom('eu', 'us'),
    cpuLoad: fc.constantFrom(0, 0.5, 0.7, 1),
    sessions: fc.nat(3),
    workers: fc.nat(2),
    atMs: fc.constantFrom(nowMs, nowMs - silentAfterMs - 1),
    incarnation: fc.constant('one'),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(reportArbitrary, { selector: ({ nodeId }) => nodeId }),
      fc.uniqueArray(fc.constantFrom('nd_1', 'nd_2', 'nd_3')),
      (reports, preferNodeIds) => {
        const wishes = { nowMs, region: 'eu', preferNodeIds };
        expect(chooseNode([...reports].reverse(), wishes)).toBe(chooseNode(reports, wishes));
      },
    ),
  );
});
