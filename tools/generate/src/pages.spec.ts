import { describe, expect, test } from '@jest/globals';
import { errorRegistry } from '@polyroom/contracts';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pages } from './pages.js';
import { renderErrors } from './render-errors.js';

describe('the generated pages', () => {
  test.each(pages.map((page) => [basename(page.file), page] as const))(
    '%s is what the code says now (else: npm run build, node tools/generate/dist/main.js)',
    async (_name, { file, render }) => {
      expect(await readFile(file, 'utf8')).toBe(render());
    },
  );
});

test('the page of errors has one row per error', () => {
  const page = renderErrors();
  for (const [name, { code }] of Object.entries(errorRegistry)) {
    expect(page.match(new RegExp(`^\\| ${code} \\| \`${name}\` `, 'gm'))).toHaveLength(1);
  }
});
