import { AppError } from '@polyroom/contracts';

/** What a handler may know of a request besides its body. */
export class RequestContext {
  constructor(private readonly deadlineMs: number) {}

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
