/** Kind of failure. Determines the HTTP status and whether the client or the server is at fault. */
export type ErrorCategory =
  | 'invalid_argument'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'conflict'
  | 'failed_precondition'
  | 'precondition_required'
  | 'unprocessable'
  | 'range_not_satisfiable'
  | 'resource_exhausted'
  | 'unavailable'
  | 'timeout'
  | 'internal';

const httpStatuses: Record<ErrorCategory, number> = {
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  conflict: 409,
  failed_precondition: 412,
  precondition_required: 428,
  unprocessable: 422,
  range_not_satisfiable: 416,
  resource_exhausted: 429,
  unavailable: 503,
  timeout: 504,
  internal: 500,
};

export function httpStatusOf(category: ErrorCategory): number {
  return httpStatuses[category];
}

/** Side at fault: `client` errors are refusals, `server` errors are failures. */
export type Fault = 'client' | 'server';

const serverFaults: ReadonlySet<ErrorCategory> = new Set(['internal', 'unavailable', 'timeout']);

/** Side at fault for a category, unless the error overrides it. */
export function faultOf(category: ErrorCategory): Fault {
  return serverFaults.has(category) ? 'server' : 'client';
}
