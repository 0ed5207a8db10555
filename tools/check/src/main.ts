import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkInterop } from './interop/interop.js';
import { checkInvariants } from './invariants/invariants.js';
import { checkMedia } from './media/media.js';
import { checkFrames } from './messages/frames.js';
import { checkMessages } from './messages/messages.js';
import { checkRecovery } from './recovery/recovery.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Every check: it starts its own servers, breaks them, says what it found and whether that was right. */
const checks: Record<string, (rootDir: string, args: string[]) => Promise<boolean>> = {
  invariants: checkInvariants,
  interop: checkInterop,
  media: checkMedia,
  recovery: checkRecovery,
  messages: checkMessages,
  frames: checkFrames,
};

const [name, ...args] = process.argv.slice(2);
const check = name === undefined ? undefined : checks[name];
if (check === undefined) {
  process.stderr.write(`usage: npm run check:NAME -- [options]\nchecks: ${Object.keys(checks).join(', ')}\n`);
  process.exit(2);
}
try {
  const passed = await check(rootDir, args);
  process.stdout.write(passed ? 'passed\n' : 'FAILED\n');
  process.exit(passed ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(2);
}
