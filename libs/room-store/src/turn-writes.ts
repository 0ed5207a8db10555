import { type Writable } from 'node:stream';

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;

/**
 * What is asked in one turn of the event loop leaves in one piece and one system call, which is what a small
 * command costs this process. Unlike a pipeline it does not wait for anything, and answers come one by one as
 * before.
 */
export function writeByTurn(stream: Writable): void {
  const write = stream.write.bind(stream) as Write;
  let collected: string[] = [];
  const flush = (): void => {
    if (collected.length > 0) {
      const text = collected.join('');
      collected = [];
      write(text);
    }
  };
  const collect: Write = (chunk, ...rest) => {
    if (typeof chunk !== 'string' || rest.length > 0) {
      flush();
      return write(chunk, ...rest);
    }
    if (collected.length === 0) {
      setImmediate(flush);
    }
    collected.push(chunk);
    return !stream.writableNeedDrain;
  };
  stream.write = collect as typeof stream.write;
}
