import { expect, test } from '@jest/globals';
import { TestNode } from './media-node.fixtures.js';

test('measures the share of a core since the previous sample', async () => {
  const testNode = await TestNode.start(1);
  try {
    expect(await testNode.node.sampleCpuLoad()).toBe(0);
    await Promise.all(Array.from({ length: 100 }, () => testNode.join()));
    const busy = await testNode.node.sampleCpuLoad();
    expect(busy).toBeGreaterThan(0);
    expect(busy).toBeLessThan(1.5);
  } finally {
    await testNode.close();
  }
});
