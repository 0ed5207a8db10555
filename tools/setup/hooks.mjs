// Installs the Git hooks of .husky; `npm ci` runs it. There are no hooks in CI, in an image or from a
// tarball. A linked worktree shares the Git configuration of its main checkout, which is the one that
// decides.
import { statSync } from 'node:fs';

const isMainCheckout = statSync('.git', { throwIfNoEntry: false })?.isDirectory() === true;
if (isMainCheckout && !process.env.CI) {
  // Absent after `npm ci --omit=dev`.
  const husky = await import('husky').catch(() => undefined);
  const problem = husky?.default();
  if (problem) {
    process.stdout.write(`Git hooks were not installed: ${problem}\n`);
  }
}
