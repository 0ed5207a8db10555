/** Prints a step of a long benchmark to stderr, with the time since the process started. */
export function showProgress(step: string): void {
  process.stderr.write(`[bench ${String(Math.round(process.uptime())).padStart(4)}s] ${step}\n`);
}
