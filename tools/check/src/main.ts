import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeOutcomes, runAll } from './all.js';
import { checkAlerts } from './alerts/alerts.js';
import { checkApi } from './api/api.js';
import { checkClient } from './client/client.js';
import { checkCompose } from './compose/compose.js';
import { checkFirstHour } from './first-hour/first-hour.js';
import { checkImages } from './images/images.js';
import { checkInterop } from './interop/interop.js';
import { checkInvariants } from './invariants/invariants.js';
import { checkIsolation } from './isolation/isolation.js';
import { checkLeaks } from './leaks/leaks.js';
import { checkMedia } from './media/media.js';
import { checkFrames } from './messages/frames.js';
import { checkMessages } from './messages/messages.js';
import { checkOutage } from './outage/outage.js';
import { checkPackages } from './packages/packages.js';
import { checkPartition } from './partition/partition.js';
import { checkRecovery } from './recovery/recovery.js';
import { checkRolling } from './rolling/rolling.js';
import { checkTokens } from './tokens/tokens.js';
import { checkUsage } from './usage/usage.js';
import { checkWebhooks } from './webhooks/webhooks.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Every check starts its own servers, breaks them, and reports what it found and whether that is correct. */
const checks: Record<string, (rootDir: string, args: string[]) => Promise<boolean>> = {
  alerts: checkAlerts,
  api: checkApi,
  invariants: checkInvariants,
  client: checkClient,
  compose: checkCompose,
  images: checkImages,
  interop: checkInterop,
  isolation: checkIsolation,
  leaks: checkLeaks,
  media: checkMedia,
  recovery: checkRecovery,
  outage: checkOutage,
  partition: checkPartition,
  rolling: checkRolling,
  messages: checkMessages,
  frames: checkFrames,
  tokens: checkTokens,
  usage: checkUsage,
  packages: checkPackages,
  'first-hour': checkFirstHour,
  webhooks: checkWebhooks,
};

const [name, ...args] = process.argv.slice(2);
if (name === 'all') {
  const outcomes = await runAll(fileURLToPath(import.meta.url), Object.keys(checks));
  process.stdout.write(`\n${describeOutcomes(outcomes)}`);
  process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1);
}
const check = name === undefined ? undefined : checks[name];
if (check === undefined) {
  process.stderr.write(
    `usage: npm run check:NAME -- [options]\nchecks: all, ${Object.keys(checks).join(', ')}\n`,
  );
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
