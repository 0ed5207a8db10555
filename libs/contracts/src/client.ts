/**
 * What clients need at run time: constants, the errors of clients and the checks of caller text. No module here may
 * import a schema, which would add Zod to every page; types do not count.
 */
export { type CallerText, findExtraInfoError, findTextError } from './caller-text.js';
export { describeArgument } from './errors/describe-argument.js';
export { type ClientErrorName, clientErrors, findClientErrorName } from './errors/client-errors.js';
export { maxMessagesAtOnce } from './client/message-limits.js';
export {
  clientCloseCodes,
  clientLeaveCloseCode,
  clientSocketPath,
  clientSubprotocol,
} from './client/socket.js';
export type { WireError } from './errors/app-error.js';
export type { MediaKind, RoomMode, StreamKind, User } from './ids.js';
export type { ClientEvent, ClientEventData } from './client/client-events.js';
export type { ClientMethod, ClientParams, ClientResult } from './client/protocol.js';
export type { BarrageMessage, MessagePosition, OrderedMessage } from './events/messages.js';
export type { RoomAttribute, RoomSnapshot, RoomStream } from './rpc/room.rpc.js';
export type { MediaSession, TransportDirection } from './rpc/media.rpc.js';
