// Prints the skipped tests of Jest's reports, and then the counts on a line of their own. Usage, in the root of
// the repository: counts.mjs [REPORT_JSON]; without a report, those of every workspace.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const given = process.argv.slice(2);
const reports =
  given.length > 0
    ? given
    : globSync('{apps,libs,tools}/*/tsconfig.json').map((file) => `${dirname(file)}/test-report.json`);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of reports) {
  if (!existsSync(file)) {
    process.stderr.write(`there is no ${file}: its tests did not run\n`);
    failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  // A suite that failed to start counts as a failure.
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  skipped += report.numPendingTests;
  for (const { assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      if (status === 'pending') {
        process.stdout.write(`skipped: ${fullName}\n`);
      }
    }
  }
}
process.stdout.write(
  `Jest: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
