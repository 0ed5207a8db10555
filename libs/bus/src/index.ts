export { type BusSubscription } from './bus-subscription.js';
export { Bus, type BusOptions, isRefusedByNats } from './bus.js';
export { EntitlementCache } from './entitlement-cache.js';
export { KeyValueBucket, type KeyValueOptions } from './key-value-bucket.js';
export { type KeyValueEntry, type KeyValueListener, type KeyValueWatch } from './key-value-watch.js';
export { RequestContext } from './request-context.js';
export { StatementVerifier } from './statement-verifier.js';
