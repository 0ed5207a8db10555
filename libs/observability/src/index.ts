export { createLogger, type Logger } from './logger.js';
export { HealthModule, type HealthChecks } from './health.module.js';
