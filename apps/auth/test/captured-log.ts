import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

/** A logger that keeps its lines. */
export class CapturedLog {
  readonly lines: string[] = [];
  readonly logger: Logger;

  constructor(level: 'debug' | 'trace') {
    const write: ConstructorParameters<typeof Writable>[0] = {
      write: (chunk, _encoding, done) => {
        this.lines.push(String(chunk));
        done();
      },
    };
    this.logger = pino({ level }, new Writable(write));
  }
}
