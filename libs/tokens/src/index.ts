export { assertAccepted } from './accepted-kinds.js';
export { grantsOfClient, type TokenLogin, type TokenRules } from './grants-of-client.js';
export { clockSkewSeconds, maxLifetimeBounds } from './lifetime.js';
export { type NativeTokenClaims, type NativeTokenOptions, issueNativeToken } from './native-token.js';
export { type LiveSecret, secretIdOf } from './secret.js';
export { type Token04Options, generateToken04, token04IdOf } from './token04.js';
export { type TokenSubject } from './token-error.js';
export { readTokenUser } from './read-token-user.js';
export { kindOfToken, verifyToken } from './verify-token.js';
export {
  findWebhookProblem,
  signWebhook,
  type WebhookProblem,
  webhookSecretMinBytes,
} from './webhook-signature.js';
export { findZegoCallbackProblem, signZegoCallback } from './zego-callback-signature.js';
export {
  assertInForce,
  importStatementKey,
  StatementSigner,
  type VerifiedStatement,
  verifyStatement,
} from './statement.js';
