import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { readRecipe } from './recipe.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

test('reads the image that the Dockerfile describes', () => {
  const { packages, env, ...rest } = readRecipe(rootDir);
  expect(packages).toContain('libstdc++6');
  expect(env).toMatchObject({ NODE_ENV: 'production', POLYROOM_HTTP_PORT: '7080' });
  expect(rest).toEqual({
    workDir: '/app',
    uid: 10001,
    gid: 10001,
    command: ['node', '--enable-source-maps', 'main.js'],
  });
});
