export { Bus, type BusOptions, type BusSubscription } from './bus.js';
export { EntitlementCache } from './entitlement-cache.js';
export { MessageLog, type History, type HistoryQuery, type MessageLogOptions } from './message-log.js';
export { type NewMessage, type Numbers } from './room-log.js';
export { NodeRpcHandler, OnEvent, RpcHandler } from './handlers.js';
export { BusServer } from './bus-server.js';
export { BusModule } from './bus.module.js';
export { ErrorFilter } from './error-filter.js';
export { runService, type RunningService, type ServiceOptions } from './run-service.js';
