import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { listFiles, pathExists, readText } from './repository.js';

test.each(['README.md', 'CHANGELOG.md', ...listFiles('docs', ['.md'])])(
  '%s links to nothing that is missing',
  (page) => {
    const targets = [...readText(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) =>
      normalize(join(dirname(page), match[1]!)),
    );
    expect(targets.filter((target) => !pathExists(target))).toEqual([]);
  },
);
