// Ends a run that an open handle keeps alive after its tests, and names the kind of handle. Jest waits for it forever.
export default class ExitReporter {
  constructor(_globalConfig, { waitMs = 10_000 } = {}) {
    this.waitMs = waitMs;
  }

  onRunComplete() {
    const timer = setTimeout(() => {
      const resources = [...new Set(process.getActiveResourcesInfo())].join(', ');
      process.stderr.write(
        `\nThe tests have ended, but the run has not: open ${resources}.\n` +
          'To find the spec that left it open: npm test -- PATTERN --runInBand --detectOpenHandles\n',
      );
      // With the status of the tests.
      process.exit();
    }, this.waitMs);
    timer.unref();
  }
}
