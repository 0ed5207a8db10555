export * from './api-keys.rpc.js';
export * from './apps.rpc.js';
export * from './authority.rpc.js';
export * from './entitlements.rpc.js';
export * from './identity.rpc.js';
export * from './revocations.rpc.js';
