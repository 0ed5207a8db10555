export { createLogger, type Logger } from './logger.js';
export { HealthModule, type HealthChecks } from './health.module.js';
export { runProcess } from './run-process.js';
