import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { type SignedRequest } from './format-standard.js';

export interface SendOptions {
  timeoutMs: number;
  /** Addresses and networks that are allowed although they are private. */
  allowedNetworks: readonly string[];
}

/** The outcome of one request. */
export interface SendResult {
  ok: boolean;
  status?: number;
  error?: string;
  /** The body of a complete answer. */
  answer?: string;
  durationMs: number;
}

/** Read to be able to reuse the connection; a longer answer closes it. */
const maxAnswerBytes = 64 * 1024;
const maxErrorChars = 200;
const maxSocketsPerHost = 32;

/**
 * Sends requests to endpoints. Connects only to the addresses that were checked: private ones are refused whatever the
 * name says. Redirects are not followed. The time and the answer are bounded.
 */
@Injectable()
export class HttpSender implements OnModuleDestroy {
  private readonly agents: { http: Agent; https: Agent };

  constructor(private readonly options: SendOptions) {
    const filter = {
      allowIPAddressList: [...options.allowedNetworks],
      keepAlive: true,
      maxSockets: maxSocketsPerHost,
    };
    this.agents = {
      http: new RequestFilteringHttpAgent(filter),
      https: new RequestFilteringHttpsAgent(filter),
    };
  }

  onModuleDestroy(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  /** Never throws. */
  async send(
    url: string,
    { headers, body }: SignedRequest,
    timeoutMs = this.options.timeoutMs,
  ): Promise<SendResult> {
    const startedAtMs = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAtMs);
    try {
      const { status, answer } = await this.post(new URL(url), headers, body, timeoutMs);
      const ok = status >= 200 && status < 300;
      return {
        ok,
        status,
        ...(ok ? { answer } : { error: describeStatus(status) }),
        durationMs: durationMs(),
      };
    } catch (error) {
      return { ok: false, error: describeError(error), durationMs: durationMs() };
    }
  }

  private post(
    url: URL,
    headers: Record<string, string>,
    body: string,
    timeoutMs: number,
  ): Promise<{ status: number; answer: string }> {
    const isSecure = url.protocol === 'https:';
    const signal = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)(
        url,
        {
          method: 'POST',
          agent: isSecure ? this.agents.https : this.agents.http,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'Polyroom-Webhooks/1',
            ...headers,
          },
          signal,
        },
        (response) => {
          const { statusCode: status = 0 } = response;
          readBounded(response).then((answer) => resolve({ status, answer }), reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** A longer answer is cut off. */
async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxAnswerBytes) {
      response.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function describeStatus(status: number): string {
  return status >= 300 && status < 400 ? 'redirects are not followed' : `the endpoint answered ${status}`;
}

function describeError(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'AbortError' || name === 'TimeoutError') {
    return 'no answer in time';
  }
  return String(code ?? message ?? error).slice(0, maxErrorChars);
}
