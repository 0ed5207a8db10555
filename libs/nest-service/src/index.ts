export { BusModule } from './bus/bus.module.js';
export { BusServer } from './bus/bus-server.js';
export { NodeRpcHandler, OnEvent, RpcHandler } from './bus/handlers.js';
export { ErrorFilter } from './errors/error-filter.js';
export { HealthModule, type HealthChecks } from './health/health.module.js';
export { LOGGER } from './logging/logger-token.js';
export { runService, type RunningService, type ServiceOptions } from './run-service.js';
