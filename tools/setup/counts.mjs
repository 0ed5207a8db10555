// Prints the skipped and the failed tests of Jest's reports, which are far above in a long log, and then the counts
// on a line of their own. Usage, in the root of the repository: counts.mjs [REPORT_JSON]; without a report, those of
// every workspace.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const given = process.argv.slice(2);
const reports =
  given.length > 0
    ? given
    : globSync('{apps,libs,tools}/*/tsconfig.json')
        .toSorted()
        .map((file) => `${dirname(file)}/test-report.json`);
let passed = 0;
let failed = 0;
let skipped = 0;
const failures = [];
const maxLines = 15;

/** The first lines of a failure, without colours. */
function indent(text) {
  const lines = stripVTControlCharacters(text).trim().split('\n');
  return lines
    .slice(0, maxLines)
    .map((line) => `  ${line}`)
    .join('\n');
}

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
  for (const { assertionResults, message, name, status: suiteStatus } of report.testResults) {
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status === 'pending') {
        process.stdout.write(`skipped: ${fullName}\n`);
      } else if (status === 'failed') {
        failures.push(`failed: ${fullName}\n${indent(failureMessages.join('\n'))}`);
      }
    }
    // The suite failed outside its tests.
    if (suiteStatus === 'failed' && assertionResults.every(({ status }) => status !== 'failed')) {
      failures.push(`failed: ${relative('.', name)}\n${indent(message)}`);
    }
  }
}
process.stdout.write(failures.map((failure) => `${failure}\n`).join(''));
process.stdout.write(
  `Jest: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
