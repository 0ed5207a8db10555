import { fileURLToPath } from 'node:url';
import { findObstacle, runIsolated } from './isolate.js';
import { readOptions } from './options.js';

const mainPath = fileURLToPath(new URL('./inside-main.js', import.meta.url));

/**
 * Cuts one process or store after the other off the network, under logins, messages and media; true if users on the
 * healthy side notice nothing, the rules of rooms hold, and everything follows soon after the cut. Skipped, with the
 * reason, where the machine has no network namespaces.
 */
export async function checkPartition(rootDir: string, args: string[]): Promise<boolean> {
  readOptions(args);
  const obstacle = findObstacle();
  if (obstacle !== undefined) {
    process.stdout.write(`skipped: ${obstacle}\n`);
    return true;
  }
  const status = await runIsolated(mainPath, [rootDir, ...args]);
  if (status > 1) {
    throw new Error(`the check ended with status ${status}`);
  }
  return status === 0;
}
