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

/** The session of a request's socket; in no room, 1000002. */
export function getSession(request: MethodRequest): ClientSession {
  const session = request.slot.session;
  if (session === undefined) {
    throw new AppError('COMMON_NOT_LOGIN_ROOM');
  }
  return session;
}
