import { AppError, type Authority } from '@polyroom/contracts';

/** What a handler may know of a request besides its body. */
export class RequestContext {
  private verified: Authority | undefined;

  constructor(
    private readonly deadlineMs: number,
    /** As received: not verified. */
    readonly statement?: string,
  ) {}

  /** The verified authority of the caller; undefined if the request is a user's act. */
  get authority(): Authority | undefined {
    return this.verified;
  }

  /** Name of the operator or ID of the API key. Throws if the request carries no authority. */
  get actor(): string {
    if (this.verified === undefined) {
      throw new AppError('AUTHORITY_INVALID');
    }
    return this.verified.actor;
  }

  /** Set by the server of the contract, before the handler runs. */
  accept(authority: Authority): void {
    this.verified = authority;
  }

  /**
   * Throws BUS_TIMEOUT if the caller has timed out. A handler that waits before its first write calls it
   * between the two: the process may have been stopped meanwhile, and the caller may have undone the request.
   */
  throwIfLate(): void {
    if (Date.now() > this.deadlineMs) {
      throw new AppError('BUS_TIMEOUT');
    }
  }
}
