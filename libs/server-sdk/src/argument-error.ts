/** An argument is missing or wrong. The message begins with the argument. */
export class ArgumentError extends TypeError {
  override readonly name = 'ArgumentError';

  constructor(
    /** The argument, such as `rooms[0].roomId`. */
    readonly argument: string,
    problem: string,
    /** The number in docs/errors.md. */
    readonly code: number,
  ) {
    super(`${argument}: ${problem.replace(/\.$/, '')}.`);
  }
}
