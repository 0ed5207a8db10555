import { AppError, type Authority } from '@polyroom/contracts';

/** What a handler may know of a request besides its body. */
export class RequestContext {
  private verified: Authority | undefined;

  constructor(
    /** Unix ms, by the caller's clock. A write after it could undo a later one: pass it to the command that writes. */
    readonly deadlineMs: number,
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

  /** Throws BUS_TIMEOUT if the caller has timed out. */
  throwIfLate(): void {
    if (Date.now() > this.deadlineMs) {
      throw new AppError('BUS_TIMEOUT');
    }
  }
}
