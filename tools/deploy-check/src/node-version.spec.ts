import { expect, test } from '@jest/globals';
import { readText } from './repository.js';

test.each(['x64', 'arm64'])('.nvmrc names the Node.js that tools/node installs for %s', (cpu) => {
  const { optionalDependencies } = JSON.parse(readText('tools/node/package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  expect(readText('.nvmrc').trim()).toBe(optionalDependencies[`node-linux-${cpu}`]);
});
