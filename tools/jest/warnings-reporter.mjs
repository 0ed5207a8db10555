// Prints the warnings of the cluster that specs share, for each spec that fails: they may be of another spec.
import { warningsSince } from './spec-run.mjs';

const maxLines = 40;

export default class WarningsReporter {
  async onTestFileResult(_test, { numFailingTests, perfStats, testFilePath }) {
    const warnings = numFailingTests === 0 ? [] : await warningsSince(perfStats.start);
    if (warnings.length > 0) {
      const lines = warnings.slice(-maxLines).join('\n');
      process.stderr.write(`\nLog of the shared cluster during ${testFilePath}:\n${lines}\n`);
    }
  }
}
