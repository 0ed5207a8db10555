// Fails a run that does not end when its tests have: a spec, or the code that it tests, leaves a handle open.
// Without it Jest waits for the handle for ever, and with --forceExit nothing shows.
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
