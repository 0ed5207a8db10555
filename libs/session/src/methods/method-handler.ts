import { AppError, type ClientMethod, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { type Caller } from '../session/caller.js';

/** One request of a client, beside its params. */
export interface MethodRequest extends Caller {
  readonly id: number;
  /** Runs `work` once the answer has been written: events that follow from it come after it. */
  afterReply(work: () => void): void;
}

/** What answers one method of the client protocol. */
export interface MethodHandler<M extends ClientMethod = ClientMethod> {
  handle(request: MethodRequest, params: ClientParams<M>): Promise<ClientResult<M>>;
}

/** The session of a request's socket. Throws 1000002 without one, or 1002056 or 1190403 if its tokens have expired or are revoked. */
export function getSession({ slot }: MethodRequest): ClientSession {
  const { session } = slot;
  if (session === undefined) {
    throw new AppError(slot.endOfTokens ?? 'COMMON_NOT_LOGIN_ROOM');
  }
  return session;
}
