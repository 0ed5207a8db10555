import { AppError } from '@polyroom/contracts';
import { Counter, Histogram } from 'prom-client';
import { durationBuckets } from './duration-buckets.js';

/** Outcome of a request. Client faults never count as server errors: `server_error` is our error rate. */
export type RequestOutcome = 'ok' | 'client_error' | 'server_error';

export function outcomeOf(error: unknown): RequestOutcome {
  return error instanceof AppError && error.fault === 'client' ? 'client_error' : 'server_error';
}

/**
 * Requests answered by this process, over the bus and over HTTP. Durations are those of requests with the outcome `ok`:
 * a refusal is fast, and a time-out is in the error rate.
 */
export const requestMetrics = {
  bus: new Counter({
    name: 'polyroom_bus_requests_total',
    help: 'Requests over the bus that this process answered, by service, method and outcome.',
    labelNames: ['service', 'method', 'outcome'],
  }),
  busSeconds: new Histogram({
    name: 'polyroom_bus_request_duration_seconds',
    help: 'Time from a request over the bus to its reply, for the outcome ok.',
    labelNames: ['service', 'method'],
    buckets: durationBuckets,
  }),
  http: new Counter({
    name: 'polyroom_http_requests_total',
    help: 'HTTP requests that this process answered, by method, route and outcome, without health and metrics.',
    labelNames: ['method', 'route', 'outcome'],
  }),
  httpSeconds: new Histogram({
    name: 'polyroom_http_request_duration_seconds',
    help: 'Time from an HTTP request to the end of its response, for the outcome ok.',
    labelNames: ['method', 'route'],
    buckets: durationBuckets,
  }),
};
