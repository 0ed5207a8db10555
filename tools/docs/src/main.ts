import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vitepress';
import { writeFrames } from './api/write-frames.js';
import { writeRest } from './api/write-rest.js';
import { paths } from './paths.js';
import { stagePages } from './stage-pages.js';
import { writeReference } from './write-reference.js';

/** Smaller files fit into one packet anyway. */
const minBytes = 1400;

/** Writes a compressed copy beside each file, for browsers that accept it. */
async function compressSite(): Promise<void> {
  for (const name of await readdir(paths.siteDir, { recursive: true })) {
    if (/\.(html|js|css|json|svg)$/.test(name)) {
      const content = await readFile(join(paths.siteDir, name));
      if (content.length >= minBytes) {
        await writeFile(join(paths.siteDir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    }
  }
}

if (existsSync(paths.docsDir)) {
  await rm(paths.siteDir, { recursive: true, force: true });
  await stagePages();
  await writeRest();
  await writeFrames();
  await writeReference();
  await build(paths.workspaceDir);
  await compressSite();
} else {
  // The images are built without docs/.
  process.stdout.write('no folder docs/: the site is not built\n');
}
