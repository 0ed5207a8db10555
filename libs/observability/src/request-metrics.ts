import { AppError } from '@polyroom/contracts';
import { Counter } from 'prom-client';

/** Outcome of a request. Client faults never count as server errors: `server_error` is our error rate. */
export type RequestOutcome = 'ok' | 'client_error' | 'server_error';

export function outcomeOf(error: unknown): RequestOutcome {
  return error instanceof AppError && error.fault === 'client' ? 'client_error' : 'server_error';
}

/** Requests answered by this process, over the bus and over HTTP. */
export const requestMetrics = {
  bus: new Counter({
    name: 'polyroom_bus_requests_total',
    help: 'Requests over the bus that this process answered, by service, method and outcome.',
    labelNames: ['service', 'method', 'outcome'],
  }),
  http: new Counter({
    name: 'polyroom_http_requests_total',
    help: 'HTTP requests that this process answered, by method, route and outcome, without health and metrics.',
    labelNames: ['method', 'route', 'outcome'],
  }),
};
