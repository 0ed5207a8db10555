import { runPartition } from './partition-check.js';

/** Runs the check in the network of this process: `inside-main ROOT [OPTION ...]`. */
const [rootDir, ...args] = process.argv.slice(2);
try {
  process.exit((await runPartition(rootDir!, args)) ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(2);
}
