import { expect, test } from '@jest/globals';
import { type NodeReport } from '@polyroom/contracts';
import { chooseNode } from './choose-node.js';
import { meanSessionLoad, withPlaced } from './with-placed.js';

function report(nodeId: string, cpuLoad: number, sessions: number): NodeReport {
  return {
    nodeId,
    cpuLoad,
    sessions,
    state: 'active',
    region: 'local',
    workers: 1,
    atMs: 0,
    incarnation: '1',
  };
}

test('estimates the load of a session by the mean, and 0 without sessions', () => {
  expect(meanSessionLoad([report('nd_1', 0.5, 400), report('nd_2', 0.1, 200)])).toBeCloseTo(0.001);
  expect(meanSessionLoad([report('nd_1', 0, 0)])).toBe(0);
});

test('a burst of sessions within one reporting interval shares a node only until its load limit', () => {
  let reports = [report('nd_1', 0.6, 600), report('nd_2', 0.2, 200)];
  const sessionLoad = meanSessionLoad(reports);
  const placed = { nd_1: 0, nd_2: 0 };
  for (let user = 0; user < 300; user++) {
    const chosen = chooseNode(reports, { nowMs: 0, preferNodeIds: ['nd_1'] }) as keyof typeof placed;
    placed[chosen] += 1;
    reports = reports.map((one) => (one.nodeId === chosen ? withPlaced(one, sessionLoad) : one));
  }
  expect(placed.nd_1).toBeGreaterThanOrEqual(99);
  expect(placed.nd_1).toBeLessThanOrEqual(101);
});
