// Fails a run that does not end after its tests: a spec, or the code under test, leaves a handle open.
// Without this reporter Jest waits for the handle forever, and --forceExit hides it.
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
      process.exit(1);
    }, this.waitMs);
    timer.unref();
  }
}
