import {
  AppError,
  type ClientMethod,
  type ClientParams,
  type ClientResult,
  type ErrorName,
} from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { type SessionConnection } from '../session/session-connection.js';

/** One request of a client, beside its params. */
export interface MethodRequest {
  readonly id: number;
  readonly connection: SessionConnection;
  /** Runs `work` once the answer has been written: events that follow from it come after it. */
  afterReply(work: () => void): void;
}

/** What answers one method of the client protocol. */
export interface MethodHandler<M extends ClientMethod = ClientMethod> {
  readonly method: M;
  /** The error for an empty `roomId`, where the method has one of its own. */
  readonly emptyRoomIdError?: ErrorName;
  handle(request: MethodRequest, params: ClientParams<M>): Promise<ClientResult<M>>;
}

/** The handlers of all methods, as Nest provides them. */
export const METHOD_HANDLERS = Symbol('methodHandlers');

/** The session of a request's socket; in no room, 1000002. */
export function getSession(request: MethodRequest): ClientSession {
  const session = request.connection.slot.session;
  if (session === undefined) {
    throw new AppError('COMMON_NOT_LOGIN_ROOM');
  }
  return session;
}
