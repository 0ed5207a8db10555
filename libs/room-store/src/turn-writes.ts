import { type Writable } from 'node:stream';

/**
 * What is asked in one turn of the event loop leaves in one system call, which is what a small command costs
 * this process. Unlike a pipeline it does not wait for anything, and answers come one by one as before.
 */
export function writeByTurn(stream: Writable): void {
  const write = stream.write.bind(stream) as (...values: unknown[]) => boolean;
  let corked = false;
  stream.write = ((...values: unknown[]): boolean => {
    if (!corked) {
      corked = true;
      stream.cork();
      setImmediate(() => {
        corked = false;
        stream.uncork();
      });
    }
    return write(...values);
  }) as typeof stream.write;
}
