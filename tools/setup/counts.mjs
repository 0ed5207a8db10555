// Prints the counts of a Jest report on a line of their own. Usage: counts.mjs REPORT_JSON
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  process.stderr.write('the test run left no report\n');
  process.exit(1);
}
const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = report;
// A suite that could not even start counts as a failure of its own.
const failed = numFailedTests + numRuntimeErrorTestSuites;
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
process.stdout.write(`Jest: ${numPassedTests} passed, ${failed} failed${skipped}\n`);
process.exit(failed === 0 && numPassedTests > 0 ? 0 : 1);
