export { ArgumentError } from './argument-error.js';
export { createToken, type TokenOptions } from './create-token.js';
export { createToken04, type Token04Options, type Token04Room } from './create-token04.js';
export { pages, PolyroomServer, type PolyroomServerOptions } from './rest/polyroom-server.js';
export {
  type ArgumentsOf,
  type OperationId,
  type ReplyOf,
  type RequestOptions,
  type Resources,
  type RestAnswer,
} from './rest/operation-types.js';
export { RestConnectionError, RestError } from './rest/rest-error.js';
export { type BaseTokenOptions, type RoomGrant, type RoomRight } from './token-options.js';
export { TokenError, type VerifiedToken, verifyToken, type VerifyTokenOptions } from './verify-token.js';
export {
  signWebhook,
  type SignWebhookOptions,
  signZegoCallback,
  verifyWebhook,
  type VerifyWebhookOptions,
  verifyZegoCallback,
  type VerifyZegoCallbackOptions,
  WebhookSignatureError,
  webhookSignatureHeader,
} from './webhooks.js';
