export {
  type ApiKeyChange,
  type ApiKeyCredential,
  type ApiKeyRecord,
  ApiKeyRepository,
  type NewApiKey,
} from './api-key.repository.js';
export { type AppCredentials, type AppRecord, AppRepository, type NewApp } from './app.repository.js';
export { type AuditOrigin, type NewAuditEntry } from './audit/append-audit.js';
export { type AuditEntry, AuditRepository } from './audit/audit.repository.js';
export { type KnownHead } from './audit/verify-audit.js';
export { Database, type DatabaseOptions } from './database.js';
export {
  type NewOperator,
  type OperatorRecord,
  OperatorRepository,
  type OperatorSessionRecord,
} from './operator.repository.js';
export { RevocationRepository } from './revocation.repository.js';
export { isDatabaseAway, toDatabaseError } from './server-connection.js';
export {
  type EntitlementChange,
  EntitlementRepository,
  type EntitlementSet,
  type EntitlementTerms,
} from './entitlement.repository.js';
export { type NewWebhook, type WebhookChange, WebhookRepository } from './webhook.repository.js';
export { type StatementKeyRecord, StatementKeyRepository } from './statement-key.repository.js';
export { RequestNonceRepository } from './request-nonce.repository.js';
export { type UsageQuery, UsageRepository, type UsageSum } from './usage.repository.js';
export { SecretKeys } from './secret-keys.js';
export {
  type ReEncrypted,
  type SecretChange,
  type SecretRecord,
  SecretRepository,
} from './secret.repository.js';
