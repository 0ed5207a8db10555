import { type Writable } from 'node:stream';

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;

/**
 * Combines the writes of one event-loop tick into one system call, which is the main cost of a small command.
 * Unlike a pipeline, it does not delay replies: each command resolves as its reply arrives.
 */
export function combineWrites(stream: Writable): void {
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
