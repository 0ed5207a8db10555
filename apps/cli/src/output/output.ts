import { type Surroundings } from '../surroundings.js';
import { describeFailure } from './describe-error.js';
import { type Failure } from './failure.js';

/** Writes results to the standard output, as text or as JSON; everything else to the standard error. */
export class Output {
  constructor(
    private readonly streams: Pick<Surroundings, 'stdout' | 'stderr'>,
    readonly isJson: boolean,
  ) {}

  /** A result: one JSON document, or the text. */
  result(value: unknown, text: () => string): void {
    this.streams.stdout.write(`${this.isJson ? JSON.stringify(value) : text()}\n`);
  }

  /** Progress and remarks, never part of the result. */
  note(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  failure(failure: Failure): void {
    const { code, cure, errorName, message } = failure;
    this.streams.stderr.write(
      this.isJson
        ? `${JSON.stringify({ error: { code, name: errorName, message, cure } })}\n`
        : `${describeFailure(failure)}\n`,
    );
  }
}
