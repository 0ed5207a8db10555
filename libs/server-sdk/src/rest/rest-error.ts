/** The API refused a request. The message is the text of the API. */
export class RestError extends Error {
  override readonly name = 'RestError';
  /** The HTTP status. */
  readonly status: number;
  /** The number in docs/errors.md; undefined if the answer is not from the API, but from a proxy before it. */
  readonly code: number | undefined;
  /** The name that belongs to the code, such as `ROOM_ROOMID_INCORRECT`. */
  readonly errorName: string | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;
  /** Of the request, as in the log and the audit of the servers. */
  readonly requestId: string | undefined;

  constructor(status: number, requestId: string | undefined, problem: Problem | undefined) {
    super(problem?.detail ?? `HTTP status ${status}`);
    this.status = status;
    this.requestId = requestId;
    this.code = problem?.code;
    this.errorName = problem?.name;
    this.retryable = problem?.retryable ?? unansweredStatuses.has(status);
    this.details = problem?.details ?? {};
  }
}

/** No answer to a request, in any attempt. Whether it was carried out is unknown. */
export class RestConnectionError extends Error {
  override readonly name = 'RestConnectionError';

  constructor(
    /** How often the request was sent. */
    readonly attempts: number,
    cause: unknown,
  ) {
    super(`no answer after ${attempts} attempts: ${describe(cause)}`, { cause });
  }
}

/** The used members of `application/problem+json`. */
export interface Problem {
  detail: string;
  code: number;
  name: string;
  retryable: boolean;
  details?: Record<string, unknown>;
}

/** With these, a proxy reports that it has no gateway. */
const unansweredStatuses = new Set([502, 503, 504]);

/** fetch gives the reason as the cause of its error. */
function describe(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: unknown; message?: unknown }; message?: unknown };
  return String(cause?.code ?? cause?.message ?? message ?? error);
}
