export { logInnerError } from './inner-error.js';
export { createLogger, type Logger } from './logger.js';
export { type Caller, cutText, readCaller, RefusalLog } from './refusal-log.js';
export { outcomeOf, requestMetrics, type RequestOutcome } from './request-metrics.js';
