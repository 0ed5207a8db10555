import { type Problem, RestConnectionError, RestError } from './rest-error.js';

export interface TransportOptions {
  /** Of a gateway, or of what balances the load of several; without a path at its end. */
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
  attempts: number;
}

export interface TransportRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** Whether a repetition does no harm if the first one was carried out. */
  isRepeatable: boolean;
  signal: AbortSignal | undefined;
}

export interface TransportAnswer {
  status: number;
  headers: Headers;
  text: string;
}

const firstDelayMs = 250;
const maxDelayMs = 8000;
/** A longer `Retry-After` is left to the application. */
const maxRetryAfterMs = 30_000;

/** Sends requests, and sends them again after failures that pass. */
export class RestTransport {
  constructor(private readonly options: TransportOptions) {}

  /** Throws the error of the last attempt. */
  async send(request: TransportRequest): Promise<TransportAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= this.options.attempts;
      const outcome = await this.attempt(request);
      if ('failure' in outcome) {
        if (isLast || !request.isRepeatable) {
          throw new RestConnectionError(attempt, outcome.failure);
        }
        await delay(backoffMs(attempt), request.signal);
        continue;
      }
      if (outcome.status < 300) {
        return outcome;
      }
      const error = toError(outcome);
      // Stored under the Idempotency-Key: each further attempt would get the same.
      const isStored = outcome.headers.get('idempotency-replayed') === 'true';
      const delayMs = retryAfterMs(outcome.headers) ?? backoffMs(attempt);
      if (isLast || isStored || !error.retryable || !request.isRepeatable || delayMs > maxRetryAfterMs) {
        throw error;
      }
      await delay(delayMs, request.signal);
    }
  }

  private async attempt({
    body,
    headers,
    method,
    path,
    signal,
  }: TransportRequest): Promise<TransportAnswer | { failure: unknown }> {
    signal?.throwIfAborted();
    const { apiKey, baseUrl, timeoutMs } = this.options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${apiKey}`, accept: 'application/json' },
        // The API redirects browsers only: another server must not get the key.
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (failure) {
      signal?.throwIfAborted();
      return { failure };
    }
  }
}

function toError({ headers, status, text }: TransportAnswer): RestError {
  let problem: Problem | undefined;
  if (headers.get('content-type')?.startsWith('application/problem+json') === true) {
    problem = JSON.parse(text) as Problem;
  }
  return new RestError(status, headers.get('x-request-id') ?? undefined, problem);
}

function retryAfterMs(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** Doubles with each attempt; random, so that clients do not repeat together. */
function backoffMs(attempt: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
  signal?.throwIfAborted();
}
