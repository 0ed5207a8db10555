import { writeFile } from 'node:fs/promises';
import { pages } from './pages.js';

for (const { file, render } of pages) {
  await writeFile(file, await render());
  process.stdout.write(`${file}\n`);
}
