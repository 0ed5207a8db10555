/** Exit codes of the program. */
export const exitCodes = {
  ok: 0,
  /** The servers refused, did not answer, or a check failed. */
  failed: 1,
  /** The command line, a setting or a file is wrong: nothing was sent. */
  usage: 2,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export interface FailureOptions {
  /** Number and name in docs/errors.md, if it is an error of the registry. */
  code?: number | undefined;
  errorName?: string | undefined;
  cure?: string | undefined;
  exitCode?: number;
}

/** An error that the user sees as one line. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly code: number | undefined;
  readonly errorName: string | undefined;
  readonly cure: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { code, cure, errorName, exitCode = exitCodes.failed }: FailureOptions = {}) {
    super(message);
    this.code = code;
    this.errorName = errorName;
    this.cure = cure;
    this.exitCode = exitCode;
  }
}

/** The command line, the environment or a file of the user is wrong. */
export class UsageError extends Failure {
  override readonly name = 'UsageError';

  constructor(message: string, cure?: string) {
    super(message, { cure, exitCode: exitCodes.usage });
  }
}
