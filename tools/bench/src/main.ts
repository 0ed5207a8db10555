import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encoding } from './encoding.js';
import { fanOut } from './fan-out/fan-out.js';
import { firstFrame } from './first-frame.js';
import { fiveRooms } from './five-rooms.js';
import { footprint } from './footprint/footprint.js';
import { login } from './login.js';
import { media } from './media/media.js';
import { placement } from './placement/placement.js';
import { type BenchResult, writeReport } from './report.js';
import { scale } from './scale/scale.js';
import { tracing } from './tracing.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Every benchmark starts its own servers, measures against a named baseline and stops what it started. */
const benchmarks: Record<string, (rootDir: string, args: string[]) => Promise<BenchResult>> = {
  encoding,
  'fan-out': fanOut,
  'first-frame': firstFrame,
  'five-rooms': fiveRooms,
  footprint,
  login,
  media,
  placement,
  scale,
  tracing,
};

const [name, ...args] = process.argv.slice(2);
const benchmark = name === undefined ? undefined : benchmarks[name];
if (name === undefined || benchmark === undefined) {
  process.stderr.write(`usage: npm run bench -- NAME\nbenchmarks: ${Object.keys(benchmarks).join(', ')}\n`);
  process.exit(2);
}
const file = await writeReport(rootDir, name, await benchmark(rootDir, args));
process.stdout.write(`written to ${file}\n`);
process.exit(0);
