export { durationBuckets, secondsSince } from './duration-buckets.js';
export { logInnerError } from './inner-error.js';
export { createLogger, type Logger } from './logger.js';
export { collectProcessMetrics, showBuild, showCertificates, showScrape } from './process-metrics.js';
export { type Caller, cutText, readCaller, RefusalLog } from './refusal-log.js';
export { outcomeOf, requestMetrics, type RequestOutcome } from './request-metrics.js';
export { type ScrapedGauge, ScrapedGauges, type SetSample } from './scraped-gauges.js';
export { StoreCalls } from './store-calls.js';
